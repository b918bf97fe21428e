"""Content of the test estate, one module for each area of AWS."""
