#include <stdio.h>
#include <unistd.h>

// Does nothing with BPF.
int main(void)
{
	printf("STARTED\n");
	fflush(stdout);
	sleep(60);
	return 0;
}
