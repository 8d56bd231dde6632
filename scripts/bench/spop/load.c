/*
 * Load for a SPOE agent: connections, each with some NOTIFYs in flight, for some seconds; one thread, epoll.
 *
 *   load unix:/path|PORT CONNECTIONS IN_FLIGHT SECONDS small|big
 *
 * Prints one line: frames, then the 50th and 99th percentile of the latency in microseconds. Every ACK is looked at: its
 * stream must be one that waits. In C so that it costs less than what it measures.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MAX_FLIGHT 200 /* a stream-id of one byte */
#define BUFFER (1 << 20)
#define SLOTS 200000 /* latency in microseconds, up to 0.2 s */

struct conn {
	int fd;
	int in_len;
	int greeted;
	int waiting; /* streams without an ACK */
	uint8_t is_waiting[MAX_FLIGHT + 1];
	uint64_t sent_at[MAX_FLIGHT + 1];
	uint8_t *in;
};

static uint8_t message[8192];
static int message_len;
static uint8_t out[BUFFER];
static uint32_t latency[SLOTS + 1];
static uint64_t frames;

static uint64_t now_ns(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void die(const char *what) {
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void broken(const char *what) {
	printf("broken: %s\n", what);
	exit(3);
}

static int put_varint(uint8_t *p, uint64_t v) {
	int n = 0;
	if (v < 240) { p[0] = v; return 1; }
	p[n++] = (v & 15) | 240;
	for (v = (v - 240) >> 4; v >= 128; v = (v - 128) >> 7) p[n++] = (v & 127) | 128;
	p[n++] = v;
	return n;
}

static int put_text(uint8_t *p, const char *s, int len) {
	int n = put_varint(p, len);
	memcpy(p + n, s, len);
	return n + len;
}

static void put_u32(uint8_t *p, uint32_t v) { p[0] = v >> 24; p[1] = v >> 16; p[2] = v >> 8; p[3] = v; }

static int put_arg(uint8_t *p, const char *name, const char *value, int len) {
	int n = put_text(p, name, strlen(name));
	p[n++] = 8;
	return n + put_text(p + n, value, len);
}

/* The messages of a NOTIFY, behind its identifiers. */
static void make_message(int big) {
	static const char *names[] = {"method", "path", "query", "version", "host", "agent", "accept"};
	static char kib[1024];
	uint8_t *p = message;
	memset(kib, 'x', sizeof kib);
	p += put_text(p, "get-ip-reputation", 17);
	*p++ = big ? 10 : 1;
	p += put_text(p, "ip", 2);
	*p++ = 6;
	*p++ = 192; *p++ = 0; *p++ = 2; *p++ = 1;
	if (big) {
		for (int i = 0; i < 7; i++) p += put_arg(p, names[i], "something usual", 15);
		p += put_arg(p, "cookie", kib, 1024);
		p += put_arg(p, "headers", kib, 1024);
	}
	message_len = p - message;
}

static int put_notify(uint8_t *p, int stream) {
	put_u32(p, 7 + message_len);
	p[4] = 3;
	put_u32(p + 5, 1);
	p[9] = stream;
	p[10] = 1;
	memcpy(p + 11, message, message_len);
	return 11 + message_len;
}

static int put_hello(uint8_t *p) {
	int n = 11;
	p[4] = 1;
	put_u32(p + 5, 1);
	p[9] = p[10] = 0;
	n += put_arg(p + n, "supported-versions", "2.0", 3);
	n += put_text(p + n, "max-frame-size", 14);
	p[n++] = 3;
	n += put_varint(p + n, 16380);
	n += put_arg(p + n, "capabilities", "pipelining", 10);
	n += put_arg(p + n, "engine-id", "00000000-0000-4000-8000-000000000001", 36);
	put_u32(p, n - 4);
	return n;
}

static void send_all(int fd, const uint8_t *p, int len) {
	while (len > 0) {
		int n = send(fd, p, len, MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
		if (n < 0) broken("the agent closed the connection");
		p += n;
		len -= n;
	}
}

static int dial(const char *where) {
	int fd, one = 1;
	if (strncmp(where, "unix:", 5) == 0) {
		struct sockaddr_un a = {.sun_family = AF_UNIX};
		strncpy(a.sun_path, where + 5, sizeof a.sun_path - 1);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) die("connect");
	} else {
		struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(where)), .sin_addr.s_addr = htonl(0x7f000001)};
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) die("connect");
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	}
	return fd;
}

static int send_notify(struct conn *c, uint8_t *p, int stream, uint64_t now) {
	c->is_waiting[stream] = 1;
	c->sent_at[stream] = now;
	c->waiting++;
	return put_notify(p, stream);
}

/* Takes the frames of one read; gives how many bytes of new NOTIFYs are in `out`. */
static int take(struct conn *c, int in_flight, int go_on, uint64_t now) {
	int at = 0, out_len = 0;
	while (c->in_len - at >= 4) {
		uint8_t *p = c->in + at;
		uint32_t len = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
		if (len < 7 || len > 16380) broken("a frame of an impossible length");
		if (c->in_len - at < 4 + (int)len) break;
		if (p[4] == 101 && !c->greeted) {
			c->greeted = 1;
			for (int i = 1; i <= in_flight; i++) out_len += send_notify(c, out + out_len, i, now);
		} else if (p[4] == 103) {
			int stream = p[9];
			if (stream < 1 || stream > in_flight || !c->is_waiting[stream]) broken("an ACK for nobody");
			if (len < 20) broken("an ACK without its action");
			uint64_t us = (now - c->sent_at[stream]) / 1000;
			latency[us < SLOTS ? us : SLOTS]++;
			frames++;
			c->waiting--;
			c->is_waiting[stream] = 0;
			if (go_on) out_len += send_notify(c, out + out_len, stream, now);
		} else broken("an unexpected frame");
		at += 4 + len;
	}
	memmove(c->in, c->in + at, c->in_len - at);
	c->in_len -= at;
	return out_len;
}

static uint64_t percentile(double share) {
	uint64_t seen = 0;
	for (int us = 0; us <= SLOTS; us++)
		if ((seen += latency[us]) >= frames * share) return us;
	return SLOTS;
}

int main(int argc, char **argv) {
	if (argc != 6) { fprintf(stderr, "usage: load WHERE CONNECTIONS IN_FLIGHT SECONDS small|big\n"); return 2; }
	int count = atoi(argv[2]), in_flight = atoi(argv[3]);
	double seconds = atof(argv[4]);
	if (in_flight > MAX_FLIGHT) return 2;
	make_message(strcmp(argv[5], "big") == 0);
	struct conn *conns = calloc(count, sizeof *conns);
	int ep = epoll_create1(0);
	for (int i = 0; i < count; i++) {
		struct conn *c = &conns[i];
		c->fd = dial(argv[1]);
		c->in = malloc(BUFFER);
		struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
		epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
		send_all(c->fd, out, put_hello(out));
	}
	uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), last = end + 1000000000ull;
	struct epoll_event events[256];
	for (int waiting = 1; waiting > 0;) {
		int n = epoll_wait(ep, events, 256, 1000);
		uint64_t now = now_ns();
		if (n == 0 && now > end) break;
		if (now > last) broken("answers are missing");
		for (int i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;
			int got = recv(c->fd, c->in + c->in_len, BUFFER - c->in_len, MSG_DONTWAIT);
			if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
			if (got <= 0) broken("the agent closed the connection");
			c->in_len += got;
			int len = take(c, in_flight, now < end, now);
			if (len > 0) send_all(c->fd, out, len);
		}
		if (now >= end) {
			waiting = 0;
			for (int i = 0; i < count; i++) waiting += conns[i].waiting;
		}
	}
	printf("%llu %llu %llu\n", (unsigned long long)frames, (unsigned long long)percentile(0.5), (unsigned long long)percentile(0.99));
	return 0;
}
