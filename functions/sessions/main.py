"""Serves sessions: create, get, list, update, delete, their events."""

from memorybank.bootstrap import function

sessions = function("sessions")
