//go:build linux

// A layer between SQLite and the operating system ("VFS") that passes everything on, and for the folders that it watches can refuse writes as a
// full or a broken disk does, or lose the power: then what was written and never flushed is taken back, as a disk's cache loses it.
//
// The types are those of SQLite's public interface (sqlite.org/c3ref/vfs.html), which has kept its layout since 3.7; only what is used is named.

#define _GNU_SOURCE
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef long long int64;

typedef struct sqlite3_file sqlite3_file;
typedef struct sqlite3_vfs sqlite3_vfs;

typedef struct {
	int version;
	int (*close)(sqlite3_file *);
	int (*read)(sqlite3_file *, void *, int, int64);
	int (*write)(sqlite3_file *, const void *, int, int64);
	int (*truncate)(sqlite3_file *, int64);
	int (*sync)(sqlite3_file *, int);
	int (*size)(sqlite3_file *, int64 *);
	int (*lock)(sqlite3_file *, int);
	int (*unlock)(sqlite3_file *, int);
	int (*reserved)(sqlite3_file *, int *);
	int (*control)(sqlite3_file *, int, void *);
	int (*sector)(sqlite3_file *);
	int (*characteristics)(sqlite3_file *);
	int (*shm_map)(sqlite3_file *, int, int, int, void volatile **);
	int (*shm_lock)(sqlite3_file *, int, int, int);
	void (*shm_barrier)(sqlite3_file *);
	int (*shm_unmap)(sqlite3_file *, int);
	int (*fetch)(sqlite3_file *, int64, int, void **);
	int (*unfetch)(sqlite3_file *, int64, void *);
} methods;

struct sqlite3_file {
	const methods *methods;
};

struct sqlite3_vfs {
	int version;
	int file_size;
	int longest_path;
	sqlite3_vfs *next;
	const char *name;
	void *data;
	int (*open)(sqlite3_vfs *, const char *, sqlite3_file *, int, int *);
	int (*remove)(sqlite3_vfs *, const char *, int);
	void *rest[15]; // the other functions, which take the layer below as it is
};

extern sqlite3_vfs *sqlite3_vfs_find(const char *);
extern int sqlite3_vfs_register(sqlite3_vfs *, int);

// piece is something that was written and not flushed: what stood there before.
typedef struct piece {
	struct piece *earlier;
	char *path;
	int64 at, size_before;
	long long length;
	void *before;
} piece;

struct disk {
	disk *next;
	char *folder;
	piece *newest;
	int answer;
	long after, steps;
	int dead;
};

// file stands for one of the layer below, which lies behind it in memory.
typedef struct {
	sqlite3_file base;
	char *path;
	disk *on;
} file;

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static disk *disks;
static sqlite3_vfs layer, *below;

static sqlite3_file *under(sqlite3_file *f) { return (sqlite3_file *)((file *)f + 1); }

static void drop(piece *p) {
	free(p->before);
	free(p->path);
	free(p);
}

// refused counts a step and tells what it is answered with. The caller holds the guard.
static int refused(disk *d) {
	d->steps++;
	if (d->dead) return DISK_BROKEN;
	if (d->answer != DISK_WELL && d->steps > d->after) return d->answer;
	return DISK_WELL;
}

// keep notes what a range of a file is before it is overwritten. The caller holds the guard.
static void keep(file *f, int64 at, long long length) {
	int64 size = 0;
	under((sqlite3_file *)f)->methods->size(under((sqlite3_file *)f), &size);
	piece *p = calloc(1, sizeof *p);
	p->path = strdup(f->path);
	p->at = at;
	p->size_before = size;
	p->length = at >= size ? 0 : (size - at < length ? size - at : length);
	if (p->length > 0) {
		p->before = malloc(p->length);
		under((sqlite3_file *)f)->methods->read(under((sqlite3_file *)f), p->before, (int)p->length, at);
	}
	p->earlier = f->on->newest;
	f->on->newest = p;
}

static int on_close(sqlite3_file *f) {
	int result = under(f)->methods ? under(f)->methods->close(under(f)) : 0;
	free(((file *)f)->path);
	return result;
}

static int on_read(sqlite3_file *f, void *into, int n, int64 at) { return under(f)->methods->read(under(f), into, n, at); }

static int on_write(sqlite3_file *f, const void *from, int n, int64 at) {
	file *own = (file *)f;
	if (own->on == NULL) return under(f)->methods->write(under(f), from, n, at);
	pthread_mutex_lock(&guard);
	int result = refused(own->on);
	if (result == DISK_WELL) {
		keep(own, at, n);
		result = under(f)->methods->write(under(f), from, n, at);
	}
	pthread_mutex_unlock(&guard);
	return result;
}

static int on_truncate(sqlite3_file *f, int64 size) {
	file *own = (file *)f;
	if (own->on == NULL) return under(f)->methods->truncate(under(f), size);
	pthread_mutex_lock(&guard);
	int result = refused(own->on);
	if (result == DISK_WELL) {
		int64 now = 0;
		under(f)->methods->size(under(f), &now);
		if (now > size) keep(own, size, now - size);
		result = under(f)->methods->truncate(under(f), size);
	}
	pthread_mutex_unlock(&guard);
	return result;
}

static int on_sync(sqlite3_file *f, int flags) {
	file *own = (file *)f;
	if (own->on == NULL) return under(f)->methods->sync(under(f), flags);
	pthread_mutex_lock(&guard);
	int result = refused(own->on);
	if (result == DISK_WELL) {
		// What the layer below would do is left out: it takes long, and nothing here depends on it.
		for (piece **p = &own->on->newest; *p != NULL;) {
			if (strcmp((*p)->path, own->path) != 0) {
				p = &(*p)->earlier;
				continue;
			}
			piece *gone = *p;
			*p = gone->earlier;
			drop(gone);
		}
	}
	pthread_mutex_unlock(&guard);
	return result;
}

static int on_size(sqlite3_file *f, int64 *out) { return under(f)->methods->size(under(f), out); }
static int on_lock(sqlite3_file *f, int l) { return under(f)->methods->lock(under(f), l); }
static int on_unlock(sqlite3_file *f, int l) { return under(f)->methods->unlock(under(f), l); }
static int on_reserved(sqlite3_file *f, int *out) { return under(f)->methods->reserved(under(f), out); }
static int on_control(sqlite3_file *f, int op, void *arg) { return under(f)->methods->control(under(f), op, arg); }
static int on_sector(sqlite3_file *f) { return under(f)->methods->sector(under(f)); }
static int on_characteristics(sqlite3_file *f) { return under(f)->methods->characteristics(under(f)); }
static int on_shm_map(sqlite3_file *f, int a, int b, int c, void volatile **out) { return under(f)->methods->shm_map(under(f), a, b, c, out); }
static int on_shm_lock(sqlite3_file *f, int a, int b, int c) { return under(f)->methods->shm_lock(under(f), a, b, c); }
static void on_shm_barrier(sqlite3_file *f) { under(f)->methods->shm_barrier(under(f)); }
static int on_shm_unmap(sqlite3_file *f, int remove) { return under(f)->methods->shm_unmap(under(f), remove); }

// Version 2: files are never mapped into memory, because writes to memory can't be refused.
static const methods own_methods = {
	2, on_close, on_read, on_write, on_truncate, on_sync, on_size, on_lock, on_unlock, on_reserved, on_control, on_sector,
	on_characteristics, on_shm_map, on_shm_lock, on_shm_barrier, on_shm_unmap, NULL, NULL,
};

static disk *disk_of(const char *path) {
	for (disk *d = disks; d != NULL; d = d->next) {
		size_t n = strlen(d->folder);
		if (strncmp(path, d->folder, n) == 0 && path[n] == '/') return d;
	}
	return NULL;
}

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out) {
	(void)vfs;
	file *own = (file *)f;
	memset(own, 0, layer.file_size);
	int result = below->open(below, path, under(f), flags, out);
	if (result != 0) return result;
	own->base.methods = &own_methods;
	if (path == NULL) return 0;
	own->path = strdup(path);
	pthread_mutex_lock(&guard);
	own->on = disk_of(path);
	pthread_mutex_unlock(&guard);
	return 0;
}

static int on_remove(sqlite3_vfs *vfs, const char *path, int flush) {
	(void)vfs;
	pthread_mutex_lock(&guard);
	disk *d = disk_of(path);
	int result = d == NULL ? DISK_WELL : refused(d);
	pthread_mutex_unlock(&guard);
	return result != DISK_WELL ? result : below->remove(below, path, flush);
}

static int installed;

// install puts the layer before what SQLite uses. The caller holds the guard.
static int install(void) {
	if (installed) return 0;
	below = sqlite3_vfs_find(NULL);
	if (below == NULL) return 1;
	layer = *below;
	layer.name = "waflow-faulty";
	layer.file_size = (int)sizeof(file) + below->file_size;
	layer.open = on_open;
	layer.remove = on_remove;
	int failed = sqlite3_vfs_register(&layer, 1);
	installed = !failed;
	return failed;
}

disk *disk_watch(const char *folder) {
	pthread_mutex_lock(&guard);
	if (install() != 0) {
		pthread_mutex_unlock(&guard);
		return NULL;
	}
	disk *d = calloc(1, sizeof *d);
	d->folder = strdup(folder);
	d->next = disks;
	disks = d;
	pthread_mutex_unlock(&guard);
	return d;
}

// disk_forget ends the watch. Files that are still open have to be closed before.
void disk_forget(disk *d) {
	pthread_mutex_lock(&guard);
	for (disk **p = &disks; *p != NULL; p = &(*p)->next) {
		if (*p != d) continue;
		*p = d->next;
		break;
	}
	while (d->newest != NULL) {
		piece *p = d->newest;
		d->newest = p->earlier;
		drop(p);
	}
	pthread_mutex_unlock(&guard);
	free(d->folder);
	free(d);
}

void disk_refuse(disk *d, int answer, long after) {
	pthread_mutex_lock(&guard);
	d->answer = answer;
	d->after = d->steps + after;
	pthread_mutex_unlock(&guard);
}

long disk_steps(disk *d) {
	pthread_mutex_lock(&guard);
	long steps = d->steps;
	pthread_mutex_unlock(&guard);
	return steps;
}

static int take_back(const piece *p) {
	int fd = open(p->path, O_WRONLY);
	if (fd < 0) return errno == ENOENT ? 0 : errno; // it was removed since
	int failed = 0;
	if (p->length > 0 && pwrite(fd, p->before, p->length, p->at) != p->length) failed = EIO;
	struct stat now;
	if (!failed && p->at + p->length >= p->size_before && fstat(fd, &now) == 0 && now.st_size > p->size_before && ftruncate(fd, p->size_before) != 0) failed = errno;
	close(fd);
	return failed;
}

int disk_cut(disk *d, int kept, unsigned seed) {
	pthread_mutex_lock(&guard);
	d->dead = 1;
	int failed = 0;
	for (piece *p = d->newest; p != NULL && !failed; p = p->earlier) {
		if ((int)(rand_r(&seed) % 100) < kept) continue;
		failed = take_back(p);
	}
	pthread_mutex_unlock(&guard);
	return failed;
}
