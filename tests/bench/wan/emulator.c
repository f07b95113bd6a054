/*
 * A switch of TAP devices. Every port but those named on the command line stands in a network namespace of its own; the
 * parent reaches it at /proc/<pid>/fd/<n>. Between each port and the switch lies a line with delay, jitter, loss and
 * rate for each direction; frames keep their order on a line, as they mostly do in the world.
 *
 * Nothing outlives the process: devices go with their descriptors, namespaces with their last process, and the end of
 * standard input, which is what a parent leaves when it is killed, ends it.
 *
 *   emulator <seed> <port>...      a port is `-` (a namespace of its own) or the name of a device here
 *   > port <n> <descriptor>        for each, descriptor -1 for a device here; then
 *   > ready
 *   < line <port> <0 up | 1 down> <delay us> <jitter us> <loss ppm> <bytes per second, 0: no bound> <queue bytes>
 *   < count                        answered per port and direction: frames and bytes passed, frames lost, frames over the queue
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
  PORTS = 32,
  FRAME_BYTES = 1600,
  BURST = 64,
  /* While frames are under way it wakes so often and not for each of them: a wake costs more than a frame. Network
     cards gather frames likewise. Half of it is made up for by delivering early. */
  GRAIN_NS = 400000,
};

typedef struct {
  int64_t delay_ns, jitter_ns, rate, queue_bytes;
  uint32_t loss_ppm;
  uint64_t random;
  /* When the last frame has left the sender, and when it arrives: the next one is later on both counts. */
  int64_t sent_ns, due_ns;
  uint64_t frames, bytes, lost, dropped;
} Line;

typedef struct {
  int tap;
  uint8_t mac[6];
  Line lines[2];
} Port;

enum { UP, DOWN };

typedef struct {
  int64_t due_ns;
  uint64_t order;
  int from, to, direction;
  int length;
  uint8_t bytes[FRAME_BYTES];
} Frame;

static Port ports[PORTS];
static int port_count;
static Frame **heap;
static size_t heap_length, heap_room;
static Frame *spare[4096];
static size_t spare_count;
static uint64_t next_order;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* splitmix64: each line draws from a stream of its own. */
static uint64_t draw(Line *line) {
  uint64_t z = (line->random += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

static Frame *new_frame(void) {
  if (spare_count > 0) return spare[--spare_count];
  Frame *frame = malloc(sizeof(Frame));
  if (frame == NULL) fail("malloc");
  return frame;
}

static void drop(Frame *frame) {
  if (spare_count < sizeof(spare) / sizeof(*spare)) spare[spare_count++] = frame;
  else free(frame);
}

static int is_before(const Frame *a, const Frame *b) {
  return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void push(Frame *frame) {
  if (heap_length == heap_room) {
    heap_room = heap_room == 0 ? 1024 : heap_room * 2;
    heap = realloc(heap, heap_room * sizeof(*heap));
    if (heap == NULL) fail("realloc");
  }
  size_t at = heap_length++;
  while (at > 0 && is_before(frame, heap[(at - 1) / 2])) {
    heap[at] = heap[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  heap[at] = frame;
}

static Frame *pop(void) {
  Frame *first = heap[0], *last = heap[--heap_length];
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= heap_length) break;
    if (child + 1 < heap_length && is_before(heap[child + 1], heap[child])) child++;
    if (!is_before(heap[child], last)) break;
    heap[at] = heap[child];
    at = child;
  }
  if (heap_length > 0) heap[at] = last;
  return first;
}

/* Puts a frame on a line at a moment; it comes out of the heap when it arrives at the other end. */
static void enter(Frame *frame, Line *line, int direction, int64_t at_ns) {
  if (line->loss_ppm > 0 && draw(line) % 1000000 < line->loss_ppm) {
    line->lost++;
    drop(frame);
    return;
  }
  int64_t sent_ns = at_ns;
  if (line->rate > 0) {
    int64_t start_ns = line->sent_ns > at_ns ? line->sent_ns : at_ns;
    if ((start_ns - at_ns) * (double)line->rate / 1e9 > line->queue_bytes) {
      line->dropped++;
      drop(frame);
      return;
    }
    sent_ns = start_ns + (int64_t)(frame->length * 1e9 / line->rate);
    line->sent_ns = sent_ns;
  }
  int64_t due_ns = sent_ns + line->delay_ns;
  if (line->jitter_ns > 0) due_ns += (int64_t)(draw(line) % (2 * line->jitter_ns)) - line->jitter_ns;
  if (due_ns < line->due_ns) due_ns = line->due_ns;
  if (due_ns < at_ns) due_ns = at_ns;
  line->due_ns = due_ns;
  line->frames++;
  line->bytes += frame->length;
  frame->due_ns = due_ns;
  frame->order = next_order++;
  frame->direction = direction;
  push(frame);
}

/* A device the switch has heard of, else -1: everybody. */
static int find(const uint8_t *mac) {
  if (mac[0] & 1) return -1;
  for (int n = 0; n < port_count; n++)
    if (memcmp(ports[n].mac, mac, 6) == 0) return n;
  return -1;
}

static void arrive(Frame *frame) {
  if (frame->direction == DOWN) {
    /* A device that is down takes nothing; so be it. */
    if (write(ports[frame->to].tap, frame->bytes, frame->length) < 0 && errno != EIO && errno != EAGAIN) fail("write");
    drop(frame);
    return;
  }
  int to = find(frame->bytes);
  for (int n = 0; n < port_count; n++) {
    if (n == frame->from || (to >= 0 && n != to)) continue;
    Frame *copy = new_frame();
    memcpy(copy->bytes, frame->bytes, frame->length);
    copy->length = frame->length;
    copy->from = frame->from;
    copy->to = n;
    enter(copy, &ports[n].lines[DOWN], DOWN, frame->due_ns);
  }
  drop(frame);
}

static void take(int n) {
  for (int burst = 0; burst < BURST; burst++) {
    Frame *frame = new_frame();
    ssize_t length = read(ports[n].tap, frame->bytes, FRAME_BYTES);
    if (length < 14) {
      drop(frame);
      return;
    }
    memcpy(ports[n].mac, frame->bytes + 6, 6);
    frame->length = (int)length;
    frame->from = n;
    enter(frame, &ports[n].lines[UP], UP, now_ns());
  }
}

static int open_tap(const char *name) {
  int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tap < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(tap, TUNSETIFF, &request) < 0) fail(name);
  return tap;
}

static void command(const char *text) {
  int n, direction;
  long long delay_us, jitter_us, loss_ppm, rate, queue_bytes;
  if (sscanf(text, "line %d %d %lld %lld %lld %lld %lld", &n, &direction, &delay_us, &jitter_us, &loss_ppm, &rate, &queue_bytes) == 7) {
    if (n < 0 || n >= port_count || direction < 0 || direction > 1) return;
    Line *line = &ports[n].lines[direction];
    line->delay_ns = delay_us * 1000;
    line->jitter_ns = jitter_us * 1000;
    line->loss_ppm = (uint32_t)loss_ppm;
    line->rate = rate;
    line->queue_bytes = queue_bytes;
  } else if (strncmp(text, "count", 5) == 0) {
    for (n = 0; n < port_count; n++)
      for (direction = 0; direction < 2; direction++) {
        Line *line = &ports[n].lines[direction];
        printf("line %d %d %llu %llu %llu %llu\n", n, direction, (unsigned long long)line->frames, (unsigned long long)line->bytes,
               (unsigned long long)line->lost, (unsigned long long)line->dropped);
      }
    printf("counted\n");
  }
}

static void listen_to_parent(void) {
  static char text[4096];
  static size_t length;
  ssize_t got = read(0, text + length, sizeof(text) - 1 - length);
  if (got <= 0) exit(0);
  length += got;
  text[length] = 0;
  char *start = text, *end;
  while ((end = strchr(start, '\n')) != NULL) {
    *end = 0;
    command(start);
    start = end + 1;
  }
  length -= start - text;
  memmove(text, start, length);
}

static void open_ports(int count, char **names, uint64_t seed) {
  int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (home < 0) fail("/proc/self/ns/net");
  if (count > PORTS) count = PORTS;
  for (int n = 0; n < count; n++, port_count++) {
    int space = -1;
    if (strcmp(names[n], "-") == 0) {
      if (unshare(CLONE_NEWNET) < 0) fail("unshare");
      space = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    }
    ports[n].tap = open_tap(space < 0 ? names[n] : "wan0");
    if (space >= 0 && setns(home, CLONE_NEWNET) < 0) fail("setns");
    for (int direction = 0; direction < 2; direction++) ports[n].lines[direction].random = seed * 1000003 + n * 2 + direction;
    printf("port %d %d\n", n, space);
  }
}

static void sleep_a_grain(void) {
  struct timespec grain = {.tv_nsec = GRAIN_NS};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &grain, NULL);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc < 3) return 2;
  open_ports(argc - 2, argv + 2, strtoull(argv[1], NULL, 10));
  /* Ahead of the browsers it serves, so that a busy machine does not make the lines longer than they are. */
  struct sched_param first = {.sched_priority = 1};
  sched_setscheduler(0, SCHED_FIFO, &first);
  printf("ready\n");

  struct pollfd polled[PORTS + 1] = {{.fd = 0, .events = POLLIN}};
  for (int n = 0; n < port_count; n++) polled[n + 1] = (struct pollfd){.fd = ports[n].tap, .events = POLLIN};
  for (;;) {
    if (heap_length > 0) sleep_a_grain();
    if (poll(polled, port_count + 1, heap_length > 0 ? 0 : -1) < 0 && errno != EINTR) fail("poll");
    if (polled[0].revents) listen_to_parent();
    for (int n = 0; n < port_count; n++)
      if (polled[n + 1].revents & POLLIN) take(n);
    int64_t until_ns = now_ns() + GRAIN_NS / 2;
    while (heap_length > 0 && heap[0]->due_ns <= until_ns) arrive(pop());
  }
}
