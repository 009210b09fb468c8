mod custom;
mod histogram;
mod hub;
mod recorder;
