/*
 * Plays as many nodeos as there are addresses in 127.0.0.0/8: answers every request on its port with a head block of now.
 *
 *   nodeos PORT
 *
 * A request ends with its empty line, and has no body. The connection stays open unless the request says "close". One
 * thread, epoll; trusts its peer. In C so that it costs less than who asks it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct conn { int fd, len; char in[2048]; };

static const char body[] = "{\"server_version\":\"d133c641\",\"chain_id\":\"aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ff"
	"beaef943642f0e906\",\"head_block_num\":363450000,\"last_irreversible_block_num\":363449670,\"last_irreversible_block_id\":"
	"\"15a9c886c3f4ef7aa6d2b7bff3d5fd1df0a5b7b5a3fa0c4a2a9d5e8f6c4b1a20\",\"head_block_id\":\"15a9c9d0aa5cbdfea8d0a0d4f8f5"
	"c7d9a3b1e2f4c6d8e0a2b4c6d8e0f2a4b6c8\",\"head_block_time\":\"%s.000\",\"head_block_producer\":\"eosriobrazil\",\"virtual_"
	"block_cpu_limit\":200000,\"virtual_block_net_limit\":1048576000,\"block_cpu_limit\":199900,\"block_net_limit\":1048576,"
	"\"server_version_string\":\"v5.0.2\",\"fork_db_head_block_num\":363450000}";

static int make_answer(char *out, size_t size) {
	static char document[1024], written[32];
	static time_t at;
	time_t now = time(NULL);
	if (now != at) {
		struct tm parts;
		at = now;
		strftime(written, sizeof written, "%Y-%m-%dT%H:%M:%S", gmtime_r(&now, &parts));
		snprintf(document, sizeof document, body, written);
	}
	return snprintf(out, size, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		strlen(document), document);
}

/* Answers the requests that are whole; gives whether the connection goes on. */
static int take(struct conn *c) {
	char out[4096], *end;
	while (c->in[c->len] = 0, (end = strstr(c->in, "\r\n\r\n")) != NULL) {
		int used = end + 4 - c->in, n = make_answer(out, sizeof out);
		*end = 0;
		int is_last = strcasestr(c->in, "connection: close") != NULL;
		if (send(c->fd, out, n, MSG_NOSIGNAL) < n || is_last) return 0;
		memmove(c->in, c->in + used, c->len - used);
		c->len -= used;
	}
	return c->len < (int)sizeof c->in - 1;
}

int main(int argc, char **argv) {
	if (argc != 2) return 2;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_ANY)};
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
	int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), ep = epoll_create1(0), one = 1;
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(server, (struct sockaddr *)&a, sizeof a) < 0 || listen(server, 4096) < 0) { perror("nodeos"); return 1; }
	epoll_ctl(ep, EPOLL_CTL_ADD, server, &e);
	for (;;) {
		int count = epoll_wait(ep, events, 256, -1);
		for (int i = 0; i < count; i++) {
			struct conn *c = events[i].data.ptr;
			if (c == NULL) {
				int fd;
				while ((fd = accept4(server, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
					c = calloc(1, sizeof *c);
					c->fd = fd;
					setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
					e.data.ptr = c;
					epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
				}
				continue;
			}
			int got = recv(c->fd, c->in + c->len, sizeof c->in - 1 - c->len, 0);
			if (got < 0 && errno == EAGAIN) continue;
			if (got > 0) c->len += got;
			if (got <= 0 || !take(c)) { close(c->fd); free(c); }
		}
	}
}
