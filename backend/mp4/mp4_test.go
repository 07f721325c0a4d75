package mp4_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/mp4"
)

func box(kind string, body ...[]byte) []byte {
	whole := bytes.Join(body, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(whole)+8)), kind...), whole...)
}

// movie is the least that is a video: 2.5 seconds of 640 by 360 in H.264, with some boxes more in its movie.
func movie(more ...[]byte) []byte {
	header := make([]byte, 100)
	binary.BigEndian.PutUint32(header[12:], 1000)
	binary.BigEndian.PutUint32(header[16:], 2500)
	track := make([]byte, 84)
	binary.BigEndian.PutUint32(track[40:], 1<<16)
	binary.BigEndian.PutUint32(track[76:], 640<<16)
	binary.BigEndian.PutUint32(track[80:], 360<<16)
	coding := box("mdia", box("minf", box("stbl", box("stsd", make([]byte, 8), box("avc1", make([]byte, 78))))))
	parts := append([][]byte{box("mvhd", header), box("trak", box("tkhd", track), coding)}, more...)
	return append(box("ftyp", []byte("isom\x00\x00\x00\x00")), box("moov", parts...)...)
}

func look(file []byte) (mp4.Info, error) { return mp4.Look(bytes.NewReader(file), int64(len(file))) }

func TestWhatAVideoSaysOfItself(t *testing.T) {
	info, err := look(movie())
	require.NoError(t, err)
	require.Equal(t, mp4.Info{H264: true, Width: 640, Height: 360, Seconds: 3}, info)
}

func TestAVideoThatIsCutOffOrLies(t *testing.T) {
	whole := movie()
	for end := range whole {
		_, err := look(whole[:end])
		require.ErrorIs(t, err, mp4.ErrBroken, "cut at %d", end)
	}
	_, err := mp4.Look(bytes.NewReader(whole[:40]), int64(len(whole)))
	require.ErrorIs(t, err, mp4.ErrBroken, "shorter than was said")

	huge := append([]byte("\x00\x00\x00\x01moov"), 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	negative := append([]byte("\x00\x00\x00\x01moov"), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	deep := []byte{}
	for range 1000 {
		deep = box("trak", deep)
	}
	for name, file := range map[string][]byte{
		"nothing":                nil,
		"a size below its head":  []byte("\x00\x00\x00\x07moov"),
		"a size of exabytes":     huge,
		"a size below zero":      negative,
		"boxes in boxes":         deep,
		"more boxes than a film": bytes.Repeat(box("free"), 20_000),
		"a long size of nothing": append([]byte("\x00\x00\x00\x01moov"), 0, 0, 0, 0, 0, 0, 0, 0),
	} {
		_, err := look(append(bytes.Clone(file), whole...))
		if name == "nothing" {
			require.NoError(t, err)
			_, err = look(file)
		}
		require.ErrorIs(t, err, mp4.ErrBroken, name)
	}
}

func TestNotesBecomeFreeSpace(t *testing.T) {
	place := []byte("+41.3874+002.1686/")
	long := append([]byte("\x00\x00\x00\x01uuid"), binary.BigEndian.AppendUint64(nil, uint64(16+len(place)))...)
	file := append(movie(box("udta", box("\xa9xyz", place)), box("meta", place)), append(long, place...)...)
	file = append(file, box("mdat", []byte("pictures"))...)
	info, err := look(file)
	require.NoError(t, err)
	require.Len(t, info.Notes, 3)
	blank := &inPlace{bytes.Clone(file)}
	require.NoError(t, mp4.Blank(blank, info.Notes))
	require.Len(t, blank.data, len(file))
	require.NotContains(t, string(blank.data), string(place))
	require.Contains(t, string(blank.data), "pictures")
	after, err := look(blank.data)
	require.NoError(t, err)
	info.Notes = nil
	require.Equal(t, info, after)
}

// inPlace is a file whose length is kept.
type inPlace struct{ data []byte }

func (f *inPlace) WriteAt(b []byte, at int64) (int, error) { return copy(f.data[at:], b), nil }

func FuzzLook(f *testing.F) {
	f.Add(movie())
	f.Add(movie(box("udta", box("\xa9xyz", []byte("+41.3874+002.1686/")))))
	f.Add([]byte("\x00\x00\x00\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("\x00\x00\x00\x00moov\x00\x00\x00\x00trak\x00\x00\x00\x00udta"))
	f.Fuzz(func(t *testing.T, file []byte) {
		info, err := look(file)
		if err != nil {
			return
		}
		blank := &inPlace{bytes.Clone(file)}
		require.NoError(t, mp4.Blank(blank, info.Notes))
		after, err := look(blank.data)
		require.NoError(t, err)
		info.Notes = nil
		require.Equal(t, info, after)
	})
}
