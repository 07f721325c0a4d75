package voice_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/voice"
)

// head is an OpusHead for one channel, with 312 samples to skip.
func head() []byte {
	return append([]byte("OpusHead\x01\x01"), 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0)
}

// packet is 20 ms of Opus, told apart by a number.
func packet(n int) []byte { return append([]byte{31 << 3, byte(n)}, make([]byte, 40+n%500)...) }

func element(id uint32, body ...[]byte) []byte {
	raw := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, id), "\x00")
	whole := bytes.Join(body, nil)
	return append(binary.BigEndian.AppendUint64(raw, 1<<56|uint64(len(whole))), whole...)
}

// endless is an element that does not know how long it gets.
func endless(id uint32) []byte { return append(binary.BigEndian.AppendUint32(nil, id), 0xff) }

// webM is a recording as Chromium makes it, with so many packets.
func webM(packets int) []byte {
	out := element(0x1a45dfa3, element(0x4282, []byte("webm")))
	out = append(out, endless(0x18538067)...)
	out = append(out, element(0x1654ae6b, element(0xae, element(0xd7, []byte{1}), element(0x86, []byte("A_OPUS")), element(0x63a2, head())))...)
	for n := range packets {
		if n%50 == 0 {
			out = append(out, endless(0x1f43b675)...)
			out = append(out, element(0xe7, []byte{byte(n)})...)
		}
		out = append(out, element(0xa3, []byte{0x81, 0, byte(n), 0x80}, packet(n))...)
	}
	return out
}

// pages takes an Ogg file apart, checks what each page says of itself, and returns the positions at which they end, and their packets.
func pages(t *testing.T, file []byte) (positions []int64, packets [][]byte) {
	t.Helper()
	var open []byte
	for number := uint32(0); len(file) > 0; number++ {
		require.Equal(t, "OggS\x00", string(file[:5]))
		count := int(file[26])
		size := 27 + count
		for _, length := range file[27 : 27+count] {
			size += int(length)
		}
		page := bytes.Clone(file[:size])
		sum := binary.LittleEndian.Uint32(page[22:])
		clear(page[22:26])
		require.Equal(t, crc(page), sum, "its checksum")
		require.Equal(t, number, binary.LittleEndian.Uint32(page[18:]))
		require.Equal(t, number == 0, page[5]&2 != 0, "the first page")
		require.Equal(t, size == len(file), page[5]&4 != 0, "the last page")
		positions = append(positions, int64(binary.LittleEndian.Uint64(page[6:])))
		at := 27 + count
		for _, length := range page[27 : 27+count] {
			open = append(open, page[at:at+int(length)]...)
			at += int(length)
			if length < 255 {
				packets, open = append(packets, open), nil
			}
		}
		file = file[size:]
	}
	require.Empty(t, open)
	return positions, packets
}

// crc is the checksum of Ogg, a table at a time, as RFC 3533 has it.
func crc(page []byte) uint32 {
	var table [256]uint32
	for i := range table {
		r := uint32(i) << 24
		for range 8 {
			if r&0x80000000 != 0 {
				r = r<<1 ^ 0x04c11db7
			} else {
				r <<= 1
			}
		}
		table[i] = r
	}
	var sum uint32
	for _, b := range page {
		sum = sum<<8 ^ table[byte(sum>>24)^b]
	}
	return sum
}

func TestARecordingBecomesAVoiceNote(t *testing.T) {
	note, err := voice.Ogg(webM(180))
	require.NoError(t, err)
	require.Equal(t, 4, note.Seconds, "180 packets of 20 ms")
	positions, packets := pages(t, note.Data)
	require.Equal(t, head(), packets[0])
	require.Equal(t, "OpusTags", string(packets[1][:8]))
	require.Len(t, packets, 182)
	for n, p := range packets[2:] {
		require.Equal(t, packet(n), p)
	}
	require.Equal(t, []int64{0, 0}, positions[:2])
	require.EqualValues(t, 180*960, positions[len(positions)-1])
	require.IsIncreasing(t, positions[1:])

	again, err := voice.Ogg(note.Data)
	require.NoError(t, err)
	_, same := pages(t, again.Data)
	require.Equal(t, packets, same, "what is Ogg already stays what it is")
	require.Equal(t, note.Seconds, again.Seconds)
}

func TestWhatIsNoRecording(t *testing.T) {
	whole := webM(3)
	for name, raw := range map[string][]byte{
		"nothing": nil, "words": []byte("hello"), "Ogg without an end": []byte("OggS\x00"), "no packets": webM(0),
		"a size beyond the end": whole[:len(whole)-5], "a picture": []byte("\xff\xd8\xff\xe0 and so on"),
	} {
		_, err := voice.Ogg(raw)
		require.ErrorIs(t, err, voice.ErrBroken, name)
	}
	for cut := range len(whole) { // hostile: none of them may do more than fail
		_, _ = voice.Ogg(whole[:cut])
	}
}
