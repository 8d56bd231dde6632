/*
 * Load for a check agent: asks as HAProxy does. A connection for each question: connect, one line out, one line in, reset.
 *
 *   load PORT RATE CONNECTIONS SECONDS LINES
 *
 * LINES is a file of questions, asked in turn. RATE is questions a second, evenly paced whatever the answers do (then
 * CONNECTIONS is how many may be open); 0 asks as fast as CONNECTIONS at once are answered. Prints one line: answers, those
 * that say "up", failures, then the 50th and 99th percentile of the time from connect to answer in microseconds. One thread,
 * epoll; in C so that it costs less than what it measures.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 5000000 /* time in microseconds, up to 5 s */
#define MAX_LINES 100000

struct conn { int fd, line, is_asked; uint64_t begun; struct conn *next; };

static struct sockaddr_in where = {.sin_family = AF_INET};
static char *lines[MAX_LINES];
static int lengths[MAX_LINES], line_count, next_line, ep, open_count;
static uint32_t *times;
static uint64_t answers, ups, failures;
static struct conn *unused;

static uint64_t now_ns(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void die(const char *what) {
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void read_lines(const char *path) {
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	if (file == NULL) die(path);
	for (ssize_t n; line_count < MAX_LINES && (n = getline(&text, &size, file)) > 0; text = NULL, size = 0) {
		lines[line_count] = text;
		lengths[line_count++] = n;
	}
	fclose(file);
	if (line_count == 0) { fprintf(stderr, "load: %s: no lines\n", path); exit(1); }
}

static void finish(struct conn *c) {
	close(c->fd);
	c->next = unused;
	unused = c;
	open_count--;
}

static void ask(uint64_t now) {
	struct conn *c = unused;
	struct linger reset = {.l_onoff = 1};
	struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
	unused = c->next;
	open_count++;
	c->begun = now;
	c->is_asked = 0;
	c->line = next_line;
	if (++next_line == line_count) next_line = 0;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0) die("socket");
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	if (connect(c->fd, (struct sockaddr *)&where, sizeof where) < 0 && errno != EINPROGRESS) die("connect");
	epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}

static void take(struct conn *c, uint64_t now) {
	char in[512];
	ssize_t n;
	if (!c->is_asked) {
		n = send(c->fd, lines[c->line], lengths[c->line], MSG_NOSIGNAL);
		if (n == lengths[c->line]) { c->is_asked = 1; return; }
		if (n < 0 && errno == EAGAIN) return;
		failures++;
		finish(c);
		return;
	}
	n = recv(c->fd, in, sizeof in, 0);
	if (n < 0 && errno == EAGAIN) return;
	if (n > 0 && in[n - 1] == '\n') {
		uint64_t us = (now - c->begun) / 1000;
		times[us < SLOTS ? us : SLOTS]++;
		answers++;
		if (strncmp(in, "up", 2) == 0) ups++;
	} else failures++;
	finish(c);
}

static uint64_t percentile(double share) {
	uint64_t seen = 0;
	for (int us = 0; us <= SLOTS; us++)
		if ((seen += times[us]) >= answers * share) return us;
	return SLOTS;
}

int main(int argc, char **argv) {
	if (argc != 6) { fprintf(stderr, "usage: load PORT RATE CONNECTIONS SECONDS LINES\n"); return 2; }
	double rate = atof(argv[2]), seconds = atof(argv[4]);
	int most = atoi(argv[3]);
	struct conn *conns = calloc(most, sizeof *conns);
	struct epoll_event events[256];
	struct itimerspec tick = {.it_interval.tv_nsec = 1000000, .it_value.tv_nsec = 1000000};
	times = calloc(SLOTS + 1, sizeof *times);
	where.sin_port = htons(atoi(argv[1]));
	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	read_lines(argv[5]);
	for (int i = 0; i < most; i++) { conns[i].next = unused; unused = &conns[i]; }
	ep = epoll_create1(0);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
	timerfd_settime(timer, 0, &tick, NULL);
	epoll_ctl(ep, EPOLL_CTL_ADD, timer, &e);
	uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), last = end + 3000000000ull, asked = 0, now = start;
	while (now < end || (open_count > 0 && now < last)) {
		if (now < end && rate == 0) while (unused != NULL) ask(now);
		if (now < end && rate > 0) {
			for (uint64_t due = (now - start) / 1e9 * rate; asked < due; asked++) {
				if (unused == NULL) failures++;
				else ask(now);
			}
		}
		int n = epoll_wait(ep, events, 256, 100);
		now = now_ns();
		for (int i = 0; i < n; i++) {
			uint64_t ticks;
			if (events[i].data.ptr != NULL) take(events[i].data.ptr, now);
			else if (read(timer, &ticks, sizeof ticks) < 0 && errno != EAGAIN) die("timer");
		}
	}
	printf("%llu %llu %llu %llu %llu\n", (unsigned long long)answers, (unsigned long long)ups,
		(unsigned long long)(failures + open_count), (unsigned long long)percentile(0.5), (unsigned long long)percentile(0.99));
	return 0;
}
