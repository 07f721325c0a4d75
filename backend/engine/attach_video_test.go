package engine

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/wasim"
)

// box is a box of an MP4 file.
func box(kind string, body ...[]byte) []byte {
	whole := bytes.Join(body, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(whole)+8)), kind...), whole...)
}

// taken is a video as a phone writes it: with where it was taken, in a box of its movie and in boxes beside it.
func taken(t *testing.T) []byte {
	t.Helper()
	sample, err := wasim.SampleFile(wasim.KindVideo, 1)
	require.NoError(t, err)
	place := []byte("+41.3874+002.1686/")
	at := bytes.Index(sample.Data, []byte("moov")) - 4
	require.GreaterOrEqual(t, at, 0)
	end := at + int(binary.BigEndian.Uint32(sample.Data[at:]))
	notes := box("udta", box("\xa9xyz", []byte{0, 18, 0x15, 0xc7}, place), box("loci", make([]byte, 20), place))
	movie := append(bytes.Clone(sample.Data[at+8:end]), notes...)
	out := append(bytes.Clone(sample.Data[:at]), box("moov", movie)...)
	out = append(out, sample.Data[end:]...)
	out = append(out, box("uuid", make([]byte, 16), place)...)
	return append(out, box("meta", make([]byte, 4), bytes.Repeat(place, 4000))...)
}

// A video goes without where it was taken, and otherwise as it is; as a document it goes with everything.
func TestAVideoIsSentWithoutWhereItWasTaken(t *testing.T) {
	inBubble(t, func(b *bubble) {
		chat := b.chatWithAna()
		video, place := taken(b.t), []byte("+41.3874")
		is := b.attach(chat, "clip.mp4", video, bridge.AttachmentHints{})
		require.Equal(b.t, "video", is.Kind)
		m := b.sendFile(chat, is, false, "The beach")
		shown, data := b.gotFile(m)
		require.Equal(b.t, wasim.KindVideo, shown.Kind)
		require.Equal(b.t, [3]uint32{64, 64, 3}, [3]uint32{shown.Media.Width, shown.Media.Height, shown.Media.Seconds})
		require.Equal(b.t, b.here(m), data, "what is shown here is what arrived")
		require.NotContains(b.t, string(data), string(place))
		require.Len(b.t, data, len(video), "what names places in the file still does")
		notes := bytes.Index(video, []byte("udta"))
		require.Equal(b.t, video[:notes], data[:notes])
		require.Equal(b.t, "free", string(data[notes:notes+4]))
		require.Equal(b.t, bytes.Count(video, []byte("mdat")), bytes.Count(data, []byte("mdat")))

		_, data = b.gotFile(b.sendFile(chat, b.attach(chat, "clip.mp4", video, bridge.AttachmentHints{}), true, ""))
		require.Equal(b.t, video, data)
	})
}
