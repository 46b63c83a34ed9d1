struct event {
	int pid;
	int result;
	char comm[16];
	char file[64];
};
