struct event {
	unsigned long long ns;
	unsigned short port; // of the destination
	unsigned char address[4];
};
