"""What AWS would answer and moto cannot, written into a collected folder."""
