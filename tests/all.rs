mod script_api;
