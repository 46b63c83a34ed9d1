struct packet {
	unsigned int length;
	unsigned char protocol;
	unsigned char source[4];
	unsigned char destination[4];
	unsigned short port; // of the destination
};
