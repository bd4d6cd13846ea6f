package config

// triggerWords say what a trigger waits for where that is no entity.
func triggerWords() []string {
	return []string{"time", "sun", "cron", "every", "board", "webhook", "startup"}
}

// refinements stand in a trigger beside what it waits for.
func refinements() []string { return []string{"for", "from", "days", "is", "hysteresis", "random"} }
