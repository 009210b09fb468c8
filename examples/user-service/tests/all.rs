//! One binary for all integration tests of the user service; a module for each room.
