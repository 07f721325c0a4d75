package media_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
	"waflow/backend/media"
)

func keep(t *testing.T, files *media.Files, data []byte, limit int64) (domain.Media, error) {
	t.Helper()
	part, err := files.Begin(1, limit)
	require.NoError(t, err)
	if _, err := part.Write(data); err != nil {
		part.Discard()
		return domain.Media{}, err
	}
	sum := sha256.Sum256(data)
	return part.Keep(sum[:])
}

func library(t *testing.T) (*media.Files, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "media")
	files, err := media.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	return files, dir
}

// What a file is, is told by what it holds; what could run in a page is never shown.
func TestTypesAreToldByContent(t *testing.T) {
	for head, want := range map[string]string{
		"\x00\x00\x00\x20ftypisom": "video/mp4",
		"\x00\x00\x00\x20ftypM4A ": "audio/mp4",
		"\x00\x00\x00\x20ftypheic": media.TypeUnknown,
		"OggS\x00\x02":             "audio/ogg",
		"ID3\x04":                  "audio/mpeg",
		"%PDF-1.7":                 "application/pdf",
		"GIF89a":                   "image/gif",
		"<svg xmlns=":              media.TypeUnknown,
		"<!doctype html><script>":  media.TypeUnknown,
		"<?xml version=\"1.0\"?>":  media.TypeUnknown,
		"MZ":                       media.TypeUnknown,
		"":                         media.TypeUnknown,
	} {
		require.Equal(t, want, media.Sniff([]byte(head)), "%q", head)
	}
}

// A small file can say that it is a picture of gigabytes.
func TestPicturesWithTooManyPixelsAreNotShown(t *testing.T) {
	files, _ := library(t)
	var small bytes.Buffer
	require.NoError(t, png.Encode(&small, image.NewGray(image.Rect(0, 0, 8, 8))))
	kept, err := keep(t, files, small.Bytes(), 1<<20)
	require.NoError(t, err)
	require.Equal(t, "image/png", kept.Type)

	huge := bytes.Clone(small.Bytes())
	binary.BigEndian.PutUint32(huge[16:], 60_000)
	binary.BigEndian.PutUint32(huge[20:], 60_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	kept, err = keep(t, files, huge, 1<<20)
	require.NoError(t, err)
	require.Equal(t, media.TypeUnknown, kept.Type)
}

// Nothing is left of what is too large or not what it should be.
func TestFilesThatAreRefusedLeaveNothing(t *testing.T) {
	files, dir := library(t)
	_, err := keep(t, files, make([]byte, 1027), 1000)
	require.Equal(t, domain.CodeMediaTooLarge, domain.CodeOf(err))
	_, err = keep(t, files, make([]byte, 1020), 1000)
	require.Equal(t, domain.CodeMediaTooLarge, domain.CodeOf(err), "what is left without padding is too large still")

	part, err := files.Begin(1, 1000)
	require.NoError(t, err)
	_, err = part.WriteAt([]byte("x"), 1_000_000)
	require.Equal(t, domain.CodeMediaTooLarge, domain.CodeOf(err))
	_, err = part.Keep(make([]byte, sha256.Size))
	require.Equal(t, domain.CodeMediaBroken, domain.CodeOf(err))
	entries, err := os.ReadDir(filepath.Join(dir, "1"))
	require.NoError(t, err)
	require.Empty(t, entries)
}

// Hashes are the only names that are opened.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"", ".", "..", "../secret", "/etc/passwd", "secret", strings.Repeat("a", 64), strings.Repeat("A", 64), "1/" + strings.Repeat("0", 62), "x.part", "\x00"} {
		f.Add(name)
	}
	dir := f.TempDir()
	require.NoError(f, os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600))
	files, err := media.Open(filepath.Join(dir, "media"))
	require.NoError(f, err)
	f.Cleanup(func() { _ = files.Close() })
	require.NoError(f, os.WriteFile(filepath.Join(dir, "media", "secret"), []byte("secret"), 0o600))
	f.Fuzz(func(t *testing.T, name string) {
		file, err := files.Read(1, name)
		if err != nil {
			require.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
			return
		}
		defer file.Close()
		data, err := io.ReadAll(file)
		require.NoError(t, err)
		sum := sha256.Sum256(data)
		require.Equal(t, name, hex.EncodeToString(sum[:]))
	})
}
