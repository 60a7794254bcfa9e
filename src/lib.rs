//! Client for the Lag API.
