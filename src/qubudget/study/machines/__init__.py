"""The model beside what was measured on two machines."""
