"""The command line of agentpprof: flags to queries, answers to files and tables."""
