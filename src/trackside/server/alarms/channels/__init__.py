"""The ways out of an alarm: MQTT, webhooks, e-mail and files."""
