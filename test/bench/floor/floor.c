/*
 * The floor of make bench: what the least possible program costs that takes changes from one board
 * and gives each to every browser. One thread, epoll, no state, no JSON, no encryption.
 *
 *   floor       one write a socket and change
 *   floor -b    everything the board has sent meanwhile in one write a socket
 *
 * Boards send lines over TCP, browsers are WebSocket clients; both ports are on loopback, chosen by
 * the kernel, and printed as one line of JSON. It ends when standard input does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FDS = 8192, MAX_BATCH = 64 * 1024, MAX_LINE = 125, MAX_REQUEST = 4096 };
enum kind { FREE, STDIN, BOARD_PORT, BROWSER_PORT, BOARD, GREETING, BROWSER };

static enum kind kinds[MAX_FDS];
static int browsers[MAX_FDS];
static int browser_count;
static bool batched;
static int ep;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- SHA-1 (FIPS 180-4), which the WebSocket handshake wants, of less than 119 bytes ---- */

static uint32_t rol(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void sha1_block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
	for (int i = 0; i < 16; i++) {
		w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
	}
	for (int i = 16; i < 80; i++) {
		w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	}
	for (int i = 0; i < 80; i++) {
		uint32_t f = i < 20 ? ((b & c) | (~b & d)) : i < 40 ? (b ^ c ^ d) : i < 60 ? ((b & c) | (b & d) | (c & d)) : (b ^ c ^ d);
		static const uint32_t k[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
		uint32_t t = rol(a, 5) + f + e + k[i / 20] + w[i];
		e = d, d = c, c = rol(b, 30), b = a, a = t;
	}
	h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

static void sha1(const char *text, size_t len, uint8_t out[20])
{
	uint8_t block[128] = {0};
	uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
	size_t size = len < 56 ? 64 : 128;
	memcpy(block, text, len);
	block[len] = 0x80;
	block[size - 2] = (uint8_t)(len * 8 >> 8);
	block[size - 1] = (uint8_t)(len * 8);
	for (size_t i = 0; i < size; i += 64) {
		sha1_block(h, block + i);
	}
	for (int i = 0; i < 20; i++) {
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
	}
}

static void base64(const uint8_t *in, int len, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (int i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)in[i] << 16 | (i + 1 < len ? (uint32_t)in[i + 1] << 8 : 0) | (i + 2 < len ? in[i + 2] : 0);
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[v & 63] : '=';
	}
	*out = 0;
}

/* ---- sockets ---- */

static void watch(int fd, enum kind kind)
{
	if (fd >= MAX_FDS) {
		close(fd);
		return;
	}
	kinds[fd] = kind;
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) < 0) {
		die("epoll_ctl");
	}
}

static int listen_on(enum kind kind)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, 1024) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
		die("listen");
	}
	watch(fd, kind);
	return ntohs(at.sin_port);
}

static void accept_all(int from, enum kind kind)
{
	for (int fd; (fd = accept4(from, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
		watch(fd, kind);
	}
}

static void drop(int fd)
{
	for (int i = 0; i < browser_count; i++) {
		if (browsers[i] == fd) {
			browsers[i] = browsers[--browser_count];
			break;
		}
	}
	kinds[fd] = FREE;
	close(fd);
}

static void write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);
		if (n >= 0) {
			data += n, len -= (size_t)n;
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 1000);
		} else if (errno != EINTR) {
			return; /* its reader notices */
		}
	}
}

/* greet answers a handshake that has come in one piece, as those of the bench do. */
static void greet(int fd)
{
	char request[MAX_REQUEST + 1];
	ssize_t n = read(fd, request, MAX_REQUEST);
	if (n <= 0) {
		drop(fd);
		return;
	}
	request[n] = 0;
	char *key = strcasestr(request, "Sec-WebSocket-Key: ");
	char text[64], accept[32], answer[256];
	uint8_t hash[20];
	if (key == NULL || strlen(key) < 19 + 24) {
		drop(fd);
		return;
	}
	int len = snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
	sha1(text, (size_t)len, hash);
	base64(hash, 20, accept);
	len = snprintf(answer, sizeof answer,
	               "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	               "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
	write_all(fd, (const uint8_t *)answer, (size_t)len);
	kinds[fd] = BROWSER;
	browsers[browser_count++] = fd;
}

static void broadcast(const uint8_t *data, size_t len)
{
	for (int i = 0; i < browser_count; i++) {
		write_all(browsers[i], data, len);
	}
}

/* relay takes lines from the board, and gives each to every browser as a text frame. */
static void relay(int fd)
{
	static uint8_t in[MAX_BATCH], out[2 * MAX_BATCH];
	static size_t have;
	ssize_t n = read(fd, in + have, sizeof in - have);
	if (n <= 0) {
		if (n == 0 || errno != EAGAIN) {
			have = 0;
			drop(fd);
		}
		return;
	}
	have += (size_t)n;
	size_t begin = 0, made = 0;
	for (uint8_t *end; (end = memchr(in + begin, '\n', have - begin)) != NULL;) {
		size_t len = (size_t)(end - in) - begin;
		if (len > MAX_LINE) {
			fprintf(stderr, "floor: a line of %zu bytes\n", len);
			exit(1);
		}
		out[made++] = 0x81;
		out[made++] = (uint8_t)len;
		memcpy(out + made, in + begin, len);
		made += len;
		begin += len + 1;
		if (!batched) {
			broadcast(out, made);
			made = 0;
		}
	}
	if (made > 0) {
		broadcast(out, made);
	}
	memmove(in, in + begin, have - begin);
	have -= begin;
}

static void ready(int fd)
{
	char rest[4096];
	switch (kinds[fd]) {
	case BOARD_PORT:
		accept_all(fd, BOARD);
		break;
	case BROWSER_PORT:
		accept_all(fd, GREETING);
		break;
	case BOARD:
		relay(fd);
		break;
	case GREETING:
		greet(fd);
		break;
	case STDIN:
		if (read(fd, rest, sizeof rest) <= 0) {
			exit(0);
		}
		break;
	case BROWSER:
		if (read(fd, rest, sizeof rest) <= 0) {
			drop(fd);
		}
		break;
	case FREE:
		break;
	}
}

int main(int argc, char **argv)
{
	batched = argc > 1 && strcmp(argv[1], "-b") == 0;
	ep = epoll_create1(0);
	watch(0, STDIN);
	int boards = listen_on(BOARD_PORT);
	int page = listen_on(BROWSER_PORT);
	printf("{\"boards\":\"127.0.0.1:%d\",\"browsers\":\"127.0.0.1:%d\"}\n", boards, page);
	fflush(stdout);
	for (;;) {
		struct epoll_event events[256];
		int n = epoll_wait(ep, events, 256, -1);
		for (int i = 0; i < n; i++) {
			ready(events[i].data.fd);
		}
	}
}
