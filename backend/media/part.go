package media

import (
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"waflow/backend/domain"
)

// overhead is how much longer a file is while it is encrypted: at most a block of padding, and the code that proves it.
const overhead = 16 + 10

// Part is a file on its way. It is no *os.File for whoever writes it: the client library would have the system set aside as much space as the
// other side says.
type Part struct {
	files *Files
	file  *os.File
	sub   domain.SubaccountID
	name  string
	limit int64
	beat  *time.Timer // put off by every write; nil for none
	pause time.Duration
}

// Read reads from where the file stands.
func (p *Part) Read(b []byte) (int, error) { return p.file.Read(b) }

// ReadAt reads from an offset.
func (p *Part) ReadAt(b []byte, at int64) (int, error) { return p.file.ReadAt(b, at) }

// Seek sets where the file stands.
func (p *Part) Seek(offset int64, whence int) (int64, error) { return p.file.Seek(offset, whence) }

// Truncate cuts the file.
func (p *Part) Truncate(size int64) error { return p.file.Truncate(size) }

// Stat tells how large the file is now.
func (p *Part) Stat() (fs.FileInfo, error) { return p.file.Stat() }

// watch calls stalled when nothing was written for some time, until the function that it returns is called.
func (p *Part) watch(pause time.Duration, stalled func()) (stop func()) {
	p.pause, p.beat = pause, time.AfterFunc(pause, stalled)
	return func() { p.beat.Stop() }
}

// Write writes where the file stands. Errors: media_too_large.
func (p *Part) Write(b []byte) (int, error) {
	at, err := p.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	if err := p.takes(at, len(b)); err != nil {
		return 0, err
	}
	return p.file.Write(b)
}

// WriteAt writes at an offset. Errors: media_too_large.
func (p *Part) WriteAt(b []byte, at int64) (int, error) {
	if err := p.takes(at, len(b)); err != nil {
		return 0, err
	}
	return p.file.WriteAt(b, at)
}

func (p *Part) takes(at int64, length int) error {
	if p.beat != nil {
		p.beat.Reset(p.pause)
	}
	if at+int64(length) > p.limit+overhead {
		return tooLarge(p.limit)
	}
	return nil
}

// Keep checks that the file is the one with a hash, if one is given, puts it on disk for good and under its name, and says what it is. The part is over then,
// whatever came of it. Errors: media_broken, media_too_large, storage_failed.
func (p *Part) Keep(want []byte) (domain.Media, error) {
	kept, err := p.finish(want)
	if err != nil {
		p.Discard()
		return domain.Media{}, err
	}
	return kept, nil
}

func (p *Part) finish(want []byte) (domain.Media, error) {
	sum, size, err := hashOf(p.file)
	switch {
	case err != nil:
		return domain.Media{}, storageFailed("A file can't be read.", err)
	case want != nil && sum != hex.EncodeToString(want):
		return domain.Media{}, broken(nil)
	case size > p.limit:
		return domain.Media{}, tooLarge(p.limit)
	}
	kind, err := typeOf(p.file)
	if err == nil {
		err = p.file.Sync()
	}
	if err = errors.Join(err, p.file.Close()); err != nil {
		return domain.Media{}, storageFailed("A file can't be written.", err)
	}
	name, _ := nameOf(p.sub, sum)
	if err := p.files.root.Rename(p.name, name); err != nil {
		return domain.Media{}, storageFailed("A file can't be written.", err)
	}
	if err := p.files.settle(path.Dir(name)); err != nil {
		return domain.Media{}, storageFailed("A file can't be written.", err)
	}
	return domain.Media{State: domain.MediaHere, SHA256: sum, Size: size, Type: kind}, nil
}

// Discard removes the file. What can't be removed is cleared away at the next start.
func (p *Part) Discard() {
	_ = p.file.Close()
	_ = p.files.root.Remove(p.name)
}
