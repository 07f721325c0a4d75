// A layer between SQLite and the operating system: see disk.c.
#ifndef WAFLOW_FAULTY_DISK_H
#define WAFLOW_FAULTY_DISK_H

typedef struct disk disk;

// What a write or a flush is answered with while a disk refuses.
enum { DISK_WELL = 0, DISK_FULL = 13, DISK_BROKEN = 10 };

// disk_watch takes a folder, and the first time puts the layer before what SQLite uses. NULL if SQLite does not take it.
disk *disk_watch(const char *folder);
void disk_forget(disk *d);
void disk_refuse(disk *d, int answer, long after);
long disk_steps(disk *d);
// disk_cut loses the power: from here on nothing is written. Of what was written and not flushed, each piece is kept with the given chance of
// 0 to 100, drawn from the seed; the others are taken back.
int disk_cut(disk *d, int kept, unsigned seed);

#endif
