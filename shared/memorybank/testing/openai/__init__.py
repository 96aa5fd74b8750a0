"""A scripted server that speaks OpenAI's API, in the manner of several real ones. Import `server`."""
