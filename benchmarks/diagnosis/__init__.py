"""Small real training runs, faulty and healthy, that the diagnosis is judged on."""
