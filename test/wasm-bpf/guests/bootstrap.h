struct event {
	int pid;
	int exit;
	char comm[16];
};
