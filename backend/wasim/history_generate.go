package wasim

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// HistoryOptions describe a past that is made up.
type HistoryOptions struct {
	// Chats and Messages are how many there are in all. Every chat has at least one message if there are enough.
	Chats    int `json:"chats"`
	Messages int `json:"messages"`
	// Days is how far back the oldest message goes. Default 730.
	Days int `json:"days,omitempty"`
	// Languages of the texts, of "en", "es" and "de"; each chat is in one of them. Default all three.
	Languages []string `json:"languages,omitempty"`
	// PictureEvery is after how many messages of a chat one is a picture, 0 for never. All pictures are the same.
	PictureEvery int `json:"pictureEvery,omitempty"`
	// Piece is how many messages the phone hands over to a linked device at a time, after the first ones. Default 2000.
	Piece int `json:"piece,omitempty"`
}

// maxHistoryChats and maxHistory bound a made-up past.
const maxHistoryChats, maxHistory = 100_000, 10_000_000

// FillHistory gives the phone a past that is made up from the seed. Only how many messages each chat has is kept; the
// messages are made when somebody asks. The people in it are no phones of this server unless a phone has such a number.
func (p *Phone) FillHistory(o HistoryOptions) error {
	if o.Chats < 1 || o.Messages < 0 || o.Chats > maxHistoryChats || o.Messages > maxHistory || o.Days < 0 || o.Piece < 0 {
		return fmt.Errorf("%w: size of the history", errBadRequest)
	}
	if o.Days == 0 {
		o.Days = 730
	}
	g := &generatedHistory{
		seed: uint64(p.s.opts.Seed) ^ mix(uint64(p.rawID)), o: o, end: p.s.now().Truncate(time.Second),
		counts: spread(o.Messages, o.Chats),
		first:  34_700_000_000 + int64(mix(uint64(p.s.opts.Seed))%1000)*10_000,
	}
	if len(o.Languages) == 0 {
		o.Languages = []string{"en", "es", "de"}
	}
	for _, language := range o.Languages {
		phrases, ok := phrasebook(language)
		if !ok {
			return fmt.Errorf("%w: language %s", errBadRequest, language)
		}
		g.phrases = append(g.phrases, phrases)
	}
	if o.PictureEvery > 0 {
		picture, err := p.s.samplePicture()
		if err != nil {
			return err
		}
		g.picture = picture
	}
	p.setPast(g, o.Piece)
	return nil
}

// spread divides messages among chats: half of them evenly, the other half more to the first ones.
func spread(messages, chats int) []int {
	counts := make([]int, chats)
	left := messages
	for i := range counts {
		counts[i] = messages / 2 / chats
		left -= counts[i]
	}
	for i := range counts {
		// The share of chat i falls in a straight line, and the last chats get none of this half.
		share := left * 2 / (chats - i + 1)
		if i == chats-1 {
			share = left
		}
		counts[i] += share
		left -= share
	}
	return counts
}

// generatedHistory makes a past from a seed.
type generatedHistory struct {
	seed    uint64
	o       HistoryOptions
	end     time.Time
	counts  []int
	first   int64 // number of the person in chat 0
	phrases [][]string
	picture *waE2E.ImageMessage
}

// Chats implements HistorySource.
func (g *generatedHistory) Chats() int { return g.o.Chats }

// Chat implements HistorySource.
func (g *generatedHistory) Chat(i int) PastChat {
	r := g.draw(i, -1)
	unread := 0
	if r%5 == 0 {
		unread = min(g.counts[i], int(r/5%4))
	}
	names := []string{"Ana", "Luis", "Marta", "Hans", "Greta", "John", "Emma", "Pablo", "Lena", "Tom"}
	families := []string{"Ruiz", "Soler", "Weber", "Klein", "Smith", "Jones", "Vidal", "Braun", "Moreno", "Clark", "Roca"}
	return PastChat{
		Peer: "+" + strconv.FormatInt(g.first+int64(i), 10), Name: names[r>>8%10] + " " + families[r>>16%11],
		Messages: g.counts[i], Unread: unread, Last: g.at(i, 0),
	}
}

// Message implements HistorySource.
func (g *generatedHistory) Message(i, n int) PastMessage {
	r := g.draw(i, n)
	m := PastMessage{ID: g.id(i, n), FromMe: r%2 == 0, At: g.at(i, n)}
	if chat := g.Chat(i); n < chat.Unread {
		m.FromMe, m.Unread = false, true
	}
	if g.picture != nil && n%g.o.PictureEvery == g.o.PictureEvery-1 {
		m.Content = &waE2E.Message{ImageMessage: g.picture}
		return m
	}
	phrases := g.phrases[i%len(g.phrases)]
	m.Text = strings.ReplaceAll(phrases[r>>8%uint64(len(phrases))], "#", strconv.FormatUint(1+r>>24%28, 10))
	return m
}

// at is when a message was written: the newest of a chat the longer ago the later the chat comes, the others in steps
// that reach back to the beginning.
func (g *generatedHistory) at(i, n int) time.Time {
	span := time.Duration(g.o.Days) * 24 * time.Hour
	ago := float64(i) / float64(g.o.Chats)
	last := time.Duration(float64(span) * ago * ago * 0.95).Truncate(time.Second)
	step := max((span-last)/time.Duration(max(1, g.counts[i])), time.Second)
	back := last + time.Duration(n)*step
	if n > 0 {
		back += time.Duration(g.draw(i, n)>>16) % step
	}
	return g.end.Add(-back).Truncate(time.Second)
}

// id is made of the seed and the place of the message, so that it can be made again.
func (g *generatedHistory) id(i, n int) string {
	raw := make([]byte, 0, 16)
	for _, part := range []uint64{g.draw(i, n), mix(g.draw(i, n))} {
		for shift := 56; shift >= 0; shift -= 8 {
			raw = append(raw, byte(part>>shift))
		}
	}
	return "3A" + strings.ToUpper(hex.EncodeToString(raw[:15]))
}

func (g *generatedHistory) draw(i, n int) uint64 {
	return mix(g.seed ^ mix(uint64(i)<<32|uint64(uint32(n))))
}

// mix is the finalizer of SplitMix64: every bit of the answer depends on every bit of x.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// phrasebook holds what people write in a language. A # stands for a small number.
func phrasebook(language string) ([]string, bool) {
	phrases := map[string][]string{
		"en": {
			"Good morning!", "Are you open on the #th?", "Yes, until 8.", "Thank you very much", "Can I come at # past 4?", "See you tomorrow",
			"How much is it?", "It is # euros.", "I will be # minutes late, sorry", "No problem at all", "Could you send me the invoice?", "Of course, one moment",
		},
		"es": {
			"¡Buenos días!", "¿Abrís el día #?", "Sí, hasta las 8.", "Muchas gracias", "¿Puedo ir a las 4 y #?", "Hasta mañana",
			"¿Cuánto cuesta?", "Son # euros.", "Llego # minutos tarde, perdón", "No pasa nada", "¿Me puedes enviar la factura?", "Claro, un momento",
		},
		"de": {
			"Guten Morgen!", "Haben Sie am #. offen?", "Ja, bis 20 Uhr.", "Vielen Dank", "Kann ich um 16:# kommen?", "Bis morgen",
			"Was kostet das?", "Es sind # Euro.", "Ich komme # Minuten später, Entschuldigung", "Kein Problem", "Könnten Sie mir die Rechnung schicken?", "Natürlich, einen Moment",
		},
	}
	list, ok := phrases[language]
	return list, ok
}

// samplePicture uploads a small picture, to which any number of messages can refer.
func (s *Server) samplePicture() (*waE2E.ImageMessage, error) {
	const width, height = 64, 48
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.Set(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), 128, 255})
		}
	}
	var raw bytes.Buffer
	if err := jpeg.Encode(&raw, picture, nil); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	blob, err := s.uploadMedia(raw.Bytes(), imageMedia)
	if err != nil {
		return nil, err
	}
	return &waE2E.ImageMessage{
		URL: proto.String(s.mediaURL(blob.directPath)), DirectPath: proto.String(blob.directPath), Mimetype: proto.String("image/jpeg"),
		MediaKey: blob.key, FileSHA256: blob.sha256, FileEncSHA256: blob.encSHA256, FileLength: proto.Uint64(blob.length),
		Width: proto.Uint32(width), Height: proto.Uint32(height), JPEGThumbnail: raw.Bytes(), MediaKeyTimestamp: proto.Int64(s.now().Unix()),
	}, nil
}
