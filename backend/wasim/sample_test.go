package wasim_test

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/wasim"
)

// What a browser plays was tried in one; this keeps the files whole and the same.
func TestSampleFilesAreReal(t *testing.T) {
	starts := map[wasim.Kind]string{
		wasim.KindImage: "\xff\xd8\xff", wasim.KindSticker: "RIFF", wasim.KindVideo: "\x00\x00\x00\x20ftypisom", wasim.KindGIF: "\x00\x00\x00\x20ftypisom",
		wasim.KindVideoNote: "\x00\x00\x00\x20ftypisom", wasim.KindVoice: "OggS", wasim.KindAudio: "\xff\xfb", wasim.KindDocument: "%PDF-",
	}
	for kind, start := range starts {
		t.Run(string(kind), func(t *testing.T) {
			f, err := wasim.SampleFile(kind, 3)
			require.NoError(t, err)
			require.Equal(t, start, string(f.Data[:len(start)]))
			again, err := wasim.SampleFile(kind, 3)
			require.NoError(t, err)
			require.Equal(t, f, again)
			other, err := wasim.SampleFile(kind, 4)
			require.NoError(t, err)
			require.NotEqual(t, f.Data, other.Data)
			require.NotEmpty(t, f.Mime)
			require.Less(t, len(f.Data), 100_000)
		})
	}
	_, err := wasim.SampleFile(wasim.KindPoll, 0)
	require.ErrorIs(t, err, wasim.ErrBadDraft)

	photo, err := wasim.SampleFile(wasim.KindImage, 1)
	require.NoError(t, err)
	picture, err := jpeg.Decode(bytes.NewReader(photo.Data))
	require.NoError(t, err)
	require.EqualValues(t, photo.Width, picture.Bounds().Dx())
	small, err := jpeg.Decode(bytes.NewReader(photo.Thumbnail))
	require.NoError(t, err)
	require.LessOrEqual(t, small.Bounds().Dx(), 100)
	sticker, err := wasim.SampleFile(wasim.KindSticker, 1)
	require.NoError(t, err)
	require.EqualValues(t, len(sticker.Data)-8, binary.LittleEndian.Uint32(sticker.Data[4:]))
	_, err = png.Decode(bytes.NewReader(sticker.Thumbnail))
	require.NoError(t, err)
	video, err := wasim.SampleFile(wasim.KindVideo, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"ftyp", "moov", "mdat"}, boxes(t, video.Data))
}

// boxes lists the outermost parts of an MP4 file, which must fill it.
func boxes(t *testing.T, file []byte) []string {
	t.Helper()
	var names []string
	for len(file) > 0 {
		size := int(binary.BigEndian.Uint32(file))
		require.LessOrEqual(t, size, len(file))
		names = append(names, string(file[4:8]))
		file = file[size:]
	}
	return names
}
