/*
 * The plainest SPOE agent: one thread, epoll, answers all frames of a read with one write. What the machine allows, to
 * measure against; it trusts its peer and checks almost nothing.
 *
 *   agent unix:/path|PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BUFFER (256 * 1024)

struct conn { int fd; int len; uint8_t in[BUFFER]; };

static uint8_t out[BUFFER];
static const uint8_t hello[] = "\0\0\0\x40\x65\0\0\0\x01\0\0\x07version\x08\x03" "2.0\x0emax-frame-size\x03\xfc\xf0\x06"
	"\x0c" "capabilities\x08\x0apipelining";

static const uint8_t *skip_varint(const uint8_t *p) {
	if (*p++ < 240) return p;
	while (*p++ >= 128);
	return p;
}

static const uint8_t *read_length(const uint8_t *p, uint64_t *value) {
	int shift = 4;
	*value = *p++;
	if (*value < 240) return p;
	do { *value += (uint64_t)*p << shift; shift += 7; } while (*p++ >= 128);
	return p;
}

static const uint8_t *skip_value(const uint8_t *p) {
	uint64_t len;
	switch (*p++ & 15) {
	case 0: case 1: return p;
	case 2: case 3: case 4: case 5: return skip_varint(p);
	case 6: return p + 4;
	case 7: return p + 16;
	default: p = read_length(p, &len); return p + len;
	}
}

static int answer(const uint8_t *p, const uint8_t *end, uint8_t *o) {
	const uint8_t *ids = p + 5;
	const uint8_t *payload = skip_varint(skip_varint(ids));
	int score = 100, n = 9, ids_len = payload - ids;
	uint64_t len;
	memcpy(o + 9, ids, ids_len);
	n += ids_len;
	p = read_length(payload, &len);
	if (len == 17 && memcmp(p, "get-ip-reputation", 17) == 0) {
		p += len;
		int args = *p++;
		while (args-- > 0 && p < end) {
			p = read_length(p, &len);
			if (len == 2 && memcmp(p, "ip", 2) == 0 && (p[2] & 15) == 6) score = p[6] % 100;
			p = skip_value(p + len);
		}
		memcpy(o + n, "\x01\x03\x01\x08ip_score\x04", 13);
		o[n + 13] = score;
		n += 14;
	}
	o[0] = 0; o[1] = 0; o[2] = (n - 4) >> 8; o[3] = (n - 4);
	memcpy(o + 4, "\x67\0\0\0\x01", 5);
	return n;
}

static int take(struct conn *c) {
	int at = 0, n = 0;
	while (c->len - at >= 4) {
		uint8_t *p = c->in + at;
		uint32_t len = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
		if (len < 7 || len > 16380) return -1;
		if (c->len - at < 4 + (int)len) break;
		if (p[4] == 3) n += answer(p + 4, p + 4 + len, out + n);
		else if (p[4] == 1) { memcpy(out + n, hello, sizeof hello - 1); n += sizeof hello - 1; }
		else return -1;
		at += 4 + len;
	}
	memmove(c->in, c->in + at, c->len - at);
	c->len -= at;
	return n;
}

static int listen_at(const char *where) {
	int fd, one = 1, ok;
	if (strncmp(where, "unix:", 5) == 0) {
		struct sockaddr_un a = {.sun_family = AF_UNIX};
		strncpy(a.sun_path, where + 5, sizeof a.sun_path - 1);
		unlink(a.sun_path);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		ok = bind(fd, (struct sockaddr *)&a, sizeof a);
	} else {
		struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(where)), .sin_addr.s_addr = htonl(0x7f000001)};
		fd = socket(AF_INET, SOCK_STREAM, 0);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		ok = bind(fd, (struct sockaddr *)&a, sizeof a);
	}
	if (ok < 0 || listen(fd, 512) < 0) { perror("agent"); exit(1); }
	return fd;
}

int main(int argc, char **argv) {
	if (argc != 2) return 2;
	int server = listen_at(argv[1]), ep = epoll_create1(0), one = 1;
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}, events[64];
	epoll_ctl(ep, EPOLL_CTL_ADD, server, &e);
	for (;;) {
		int count = epoll_wait(ep, events, 64, -1);
		for (int i = 0; i < count; i++) {
			struct conn *c = events[i].data.ptr;
			if (c == NULL) {
				c = calloc(1, sizeof *c);
				c->fd = accept4(server, NULL, NULL, SOCK_NONBLOCK);
				setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
				e.data.ptr = c;
				epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
				continue;
			}
			int got = recv(c->fd, c->in + c->len, BUFFER - c->len, 0), n = -1;
			if (got > 0) { c->len += got; n = take(c); }
			if (n > 0 && send(c->fd, out, n, MSG_NOSIGNAL) < n) n = -1;
			if (n < 0) { close(c->fd); free(c); }
		}
	}
}
