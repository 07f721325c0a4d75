package wasim

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// File is a file that a phone sends. What is left empty is made up from the kind of the message.
type File struct {
	// Data is the file itself, base64 in JSON.
	Data []byte `json:"data"`
	Mime string `json:"mime,omitempty"`
	// Name of a document.
	Name string `json:"name,omitempty"`
	// Seconds of a video or an audio; Width and Height in pixels; Pages of a document.
	Seconds uint32 `json:"seconds,omitempty"`
	Width   uint32 `json:"width,omitempty"`
	Height  uint32 `json:"height,omitempty"`
	Pages   uint32 `json:"pages,omitempty"`
	// Thumbnail is a small JPEG, for a sticker a PNG. Made from the file when it is a picture.
	Thumbnail []byte `json:"thumbnail,omitempty"`
	// Waveform is the loudness of a voice note, 64 values from 0 to 100.
	Waveform []byte `json:"waveform,omitempty"`
}

// thumbnailSize is the longer side of a thumbnail, in pixels.
const thumbnailSize = 72

// fileMessage uploads a file and makes its message.
func (p *endpoint) fileMessage(d Draft) (*waE2E.Message, error) {
	silent := d.Kind == KindAudio || d.Kind == KindVoice || d.Kind == KindSticker || d.Kind == KindVideoNote
	if silent && d.Text != "" {
		return nil, fmt.Errorf("%w: a %s has no caption", ErrBadDraft, d.Kind)
	}
	f, err := completed(d.Kind, d.File, p.random.intN)
	if err != nil {
		return nil, err
	}
	uploaded, err := p.s.uploadFile(p.account, f.Data, labelOf(d.Kind))
	if err != nil {
		return nil, err
	}
	message := describeFile(d, f)
	inner, _ := unwrap(message)
	_, content := body(inner)
	carry(content, uploaded, p.s.mediaURL(uploaded.directPath), p.now().Unix())
	return message, nil
}

// labelOf is the label of the keys of a kind of file.
func labelOf(kind Kind) mediaKind {
	switch kind {
	case KindImage, KindSticker:
		return imageMedia
	case KindVideo, KindGIF, KindVideoNote:
		return videoMedia
	case KindAudio, KindVoice:
		return audioMedia
	default:
		return documentMedia
	}
}

// completed fills in what is missing of a file; without one it is a sample.
func completed(kind Kind, given *File, choose func(int) int) (File, error) {
	if given == nil {
		return SampleFile(kind, choose(sampleVariety))
	}
	f := *given
	if len(f.Data) == 0 {
		return f, fmt.Errorf("%w: the file is empty", ErrBadDraft)
	}
	if f.Mime == "" {
		f.Mime = defaultMime(kind)
	}
	if kind == KindVoice && f.Waveform == nil {
		f.Waveform = sampleWaveform(0)
	}
	if kind == KindDocument && f.Name == "" {
		f.Name = "document"
	}
	if kind == KindImage && (f.Thumbnail == nil || f.Width == 0) {
		if err := f.measure(); err != nil {
			return f, err
		}
	}
	return f, nil
}

func defaultMime(kind Kind) string {
	switch kind {
	case KindImage:
		return "image/jpeg"
	case KindVideo, KindGIF, KindVideoNote:
		return "video/mp4"
	case KindVoice:
		return "audio/ogg; codecs=opus"
	case KindAudio:
		return "audio/mpeg"
	case KindSticker:
		return "image/webp"
	default:
		return "application/octet-stream"
	}
}

// measure reads the size of a picture and makes its thumbnail.
func (f *File) measure() error {
	picture, _, err := image.Decode(bytes.NewReader(f.Data))
	if err != nil {
		return fmt.Errorf("%w: picture: %w", ErrBadDraft, err)
	}
	size := picture.Bounds().Size()
	f.Width, f.Height = uint32(size.X), uint32(size.Y)
	if f.Thumbnail == nil {
		f.Thumbnail, err = thumbnail(picture)
	}
	return err
}

// thumbnail makes a small JPEG of a picture.
func thumbnail(picture image.Image) ([]byte, error) {
	b := picture.Bounds()
	longer := max(b.Dx(), b.Dy(), 1)
	width, height := max(1, b.Dx()*thumbnailSize/longer), max(1, b.Dy()*thumbnailSize/longer)
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			small.Set(x, y, picture.At(b.Min.X+x*b.Dx()/width, b.Min.Y+y*b.Dy()/height))
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 60}); err != nil {
		return nil, fmt.Errorf("thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// describeFile makes the message of a file, without where the file is.
func describeFile(d Draft, f File) *waE2E.Message {
	mime, seconds := proto.String(f.Mime), proto.Uint32(f.Seconds)
	width, height := proto.Uint32(f.Width), proto.Uint32(f.Height)
	video := &waE2E.VideoMessage{
		Mimetype: mime, Seconds: seconds, Width: width, Height: height, JPEGThumbnail: f.Thumbnail, Caption: unlessEmpty(d.Text),
	}
	switch d.Kind {
	case KindImage:
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			Mimetype: mime, Width: width, Height: height, JPEGThumbnail: f.Thumbnail, Caption: unlessEmpty(d.Text),
		}}
	case KindSticker:
		return &waE2E.Message{StickerMessage: &waE2E.StickerMessage{
			Mimetype: mime, Width: width, Height: height, PngThumbnail: f.Thumbnail, IsAnimated: proto.Bool(false),
		}}
	case KindGIF:
		video.GifPlayback = proto.Bool(true)
		return &waE2E.Message{VideoMessage: video}
	case KindVideo:
		return &waE2E.Message{VideoMessage: video}
	case KindVideoNote:
		return &waE2E.Message{PtvMessage: video}
	case KindAudio, KindVoice:
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			Mimetype: mime, Seconds: seconds, PTT: proto.Bool(d.Kind == KindVoice), Waveform: f.Waveform,
		}}
	default:
		document := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
			Mimetype: mime, Title: proto.String(f.Name), FileName: proto.String(f.Name), PageCount: proto.Uint32(f.Pages),
			JPEGThumbnail: f.Thumbnail, Caption: unlessEmpty(d.Text),
		}}
		if d.Text == "" {
			return document
		}
		return &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: document}}
	}
}

// carry writes into a message where its file is and how to read it. Every kind of file has fields of these names.
func carry(content proto.Message, m *encryptedMedia, url string, now int64) {
	location := &waE2E.VideoMessage{
		URL: proto.String(url), DirectPath: proto.String(m.directPath), MediaKey: m.key, FileSHA256: m.sha256,
		FileEncSHA256: m.encSHA256, FileLength: proto.Uint64(m.length), MediaKeyTimestamp: proto.Int64(now),
		StreamingSidecar: m.sidecar,
	}
	from, to := location.ProtoReflect(), content.ProtoReflect()
	fields := from.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		target := to.Descriptor().Fields().ByName(field.Name())
		if from.Has(field) && target != nil && target.Kind() == field.Kind() {
			to.Set(target, from.Get(field))
		}
	}
}
