"""A double of Cloud Tasks that speaks its gRPC protocol."""
