"""The local server over gRPC: Google's services, transcoded to the requests that the HTTP application serves."""
