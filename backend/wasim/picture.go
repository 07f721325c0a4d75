package wasim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"strconv"
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Pictures of people and groups:
//
//	→ <iq xmlns="w:profile:picture" type="get" target="5678@lid">
//	    <picture type="preview|image" query="url" [id="1700000000"]><tctoken>…</tctoken></picture></iq>
//	← <picture id="1700000000" type="preview" url="https://…/v/…" direct_path="/v/…" hash="…"/>
//	← nothing in the result when the client's id is still the current one
//	← error 404 when there is no picture, 401 when the person does not show it to the asker
//
//	→ <iq type="set" [target="…@g.us"]><picture type="image">JPEG</picture></iq>     no picture in it removes it
//	← <picture id="1700000001"/>; error 406 for what is no JPEG
//
//	← to contacts and members: <notification type="picture" from="5678@lid" t><set jid="5678@lid" id hash/> or <delete jid/>
//	← to own devices:          <notification type="account_sync" from t><picture/></notification>
//
// The picture itself is downloaded in plain from the host in the URL, which here is the media host.

// ErrBadPicture means that a picture is no JPEG, or too large.
var ErrBadPicture = errors.New("not a JPEG picture of reasonable size")

const (
	// maxPicture bounds a picture, in bytes.
	maxPicture = 2 << 20
	// maxPictureSide bounds a picture's width and height.
	maxPictureSide = 2048
	// previewSide is the width and height of previews, in pixels.
	previewSide = 96
)

// picture is the picture of a person or a group. The zero value is none.
type picture struct {
	id     int64 // Unix time at which it was set, 0 for none
	jpeg   []byte
	avatar string // what to draw instead of jpeg, for pictures of the demo: drawn when someone looks
}

func (p picture) exists() bool { return p.id != 0 }

// encoded returns the picture as a JPEG, for a preview a small one.
func (p picture) encoded(preview bool) ([]byte, error) {
	if p.avatar != "" {
		side := avatarSide
		if preview {
			side = previewSide
		}
		return drawAvatar(p.avatar, side)
	}
	if !preview {
		return p.jpeg, nil
	}
	full, err := jpeg.Decode(bytes.NewReader(p.jpeg))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadPicture, err)
	}
	return encodeJPEG(shrink(full, previewSide))
}

// checkPicture refuses what is no JPEG, and what is too large before decoding it.
func checkPicture(raw []byte) error {
	if len(raw) > maxPicture {
		return ErrBadPicture
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadPicture, err)
	}
	if config.Width > maxPictureSide || config.Height > maxPictureSide {
		return ErrBadPicture
	}
	if _, err = jpeg.Decode(bytes.NewReader(raw)); err != nil {
		return fmt.Errorf("%w: %w", ErrBadPicture, err)
	}
	return nil
}

// shrink makes a square picture by taking the nearest pixels of the middle.
func shrink(full image.Image, side int) image.Image {
	bounds := full.Bounds()
	size := min(bounds.Dx(), bounds.Dy())
	left, top := bounds.Min.X+(bounds.Dx()-size)/2, bounds.Min.Y+(bounds.Dy()-size)/2
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			small.Set(x, y, full.At(left+x*size/side, top+y*size/side))
		}
	}
	return small
}

func encodeJPEG(m image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 80}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// gallery holds the pictures of groups; those of people are in their profiles.
type gallery struct {
	mu       sync.Mutex
	pictures map[types.JID]picture
}

// portrait is whose picture an iq is about: an account, or a group.
type portrait struct {
	person *account
	group  *group
}

func (p portrait) jid() types.JID {
	if p.group != nil {
		return p.group.jid
	}
	return p.person.lidJID()
}

// portraitOf finds whose picture a client asks for or sets; its own account's when it names nobody.
func (s *Server) portraitOf(d *device, node *waBinary.Node) (portrait, bool) {
	target, named := attrJID(node, "target")
	if !named {
		return portrait{person: d.account}, true
	}
	if g := s.groupOf(target); g != nil {
		return portrait{group: g}, true
	}
	a := s.accountOf(target)
	return portrait{person: a}, a != nil
}

func (s *Server) pictureOf(p portrait) picture {
	if p.group != nil {
		s.gallery.mu.Lock()
		defer s.gallery.mu.Unlock()
		return s.gallery.pictures[p.group.jid]
	}
	p.person.profile.mu.Lock()
	defer p.person.profile.mu.Unlock()
	return p.person.profile.picture
}

// iqPicture serves pictures.
func (s *Server) iqPicture(d *device, node *waBinary.Node) *waBinary.Node {
	of, known := s.portraitOf(d, node)
	asked, has := node.GetOptionalChildByTag("picture")
	if attrString(node, "type") == "set" {
		if !known || of.person != nil && of.person != d.account || of.group != nil && !of.group.mayChange(d.account) {
			return iqError(node, 403, "forbidden")
		}
		return s.changePicture(d, of, node, content(asked), has)
	}
	if !has {
		return iqError(node, 400, "bad-request")
	}
	if !known {
		return iqError(node, 404, "item-not-found")
	}
	if of.group != nil && of.group.role(d.account) == "" {
		return iqError(node, 401, "not-authorized")
	}
	if of.person != nil && !of.person.shows("profile", d.account, childContent(&asked, "tctoken")) {
		return iqError(node, 401, "not-authorized")
	}
	return s.showPicture(node, asked, s.pictureOf(of))
}

func (s *Server) showPicture(node *waBinary.Node, asked waBinary.Node, p picture) *waBinary.Node {
	if !p.exists() {
		return iqError(node, 404, "item-not-found")
	}
	id := strconv.FormatInt(p.id, 10)
	if attrString(&asked, "id") == id {
		return iqResult(node)
	}
	kind := "image"
	if attrString(&asked, "type") == "preview" {
		kind = "preview"
	}
	raw, err := p.encoded(kind == "preview")
	if err != nil {
		s.log.Debug().Err(err).Msg("picture cannot be shown")
		return iqError(node, 500, "internal-server-error")
	}
	sum := sha256.Sum256(raw)
	path, err := s.blobs.put(nil, raw)
	if err != nil {
		return iqError(node, 500, "internal-server-error")
	}
	return iqResult(node, element("picture", attrs{
		"id": id, "type": kind, "url": "https://" + s.opts.MediaHosts[0] + path, "direct_path": path,
		"hash": base64.StdEncoding.EncodeToString(sum[:]),
	}))
}

func (s *Server) changePicture(d *device, of portrait, node *waBinary.Node, raw []byte, set bool) *waBinary.Node {
	if !set || len(raw) == 0 {
		s.setPicture(d, of, picture{})
		return iqResult(node)
	}
	if err := checkPicture(raw); err != nil {
		return iqError(node, 406, "not-acceptable")
	}
	p := s.setPicture(d, of, picture{id: s.now().Unix(), jpeg: raw})
	return iqResult(node, element("picture", attrs{"id": strconv.FormatInt(p.id, 10)}))
}

// setPicture changes a picture and tells everyone. by is the device that did it.
func (s *Server) setPicture(by *device, of portrait, p picture) picture {
	last := s.pictureOf(of).id
	if p.exists() && p.id <= last {
		p.id = last + 1
	}
	if of.group != nil {
		s.gallery.mu.Lock()
		if s.gallery.pictures == nil {
			s.gallery.pictures = make(map[types.JID]picture)
		}
		s.gallery.pictures[of.group.jid] = p
		s.gallery.mu.Unlock()
	} else {
		of.person.profile.mu.Lock()
		of.person.profile.picture = p
		of.person.profile.mu.Unlock()
	}
	news := pictureNews(of, by.account, p)
	if of.group == nil {
		s.tellPeers(of.person, "picture", news)
		s.tellOwn(of.person, by, waBinary.Node{Tag: "picture"})
		return p
	}
	for _, d := range of.group.devices() {
		if d != by {
			s.notify(d, of.group.jid, "picture", news)
		}
	}
	return p
}

func pictureNews(of portrait, author *account, p picture) waBinary.Node {
	a := attrs{"jid": of.jid()}
	if of.group != nil {
		a["author"] = author.jidOn(of.group.server)
	}
	if !p.exists() {
		return element("delete", a)
	}
	a["id"] = strconv.FormatInt(p.id, 10)
	return element("set", a)
}

// mayChange tells whether someone may change what a group shows of itself.
func (g *group) mayChange(a *account) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	role := g.roleLocked(a)
	return role.admin() || role != "" && !g.settings.locked
}

// SetPicture gives the account a picture, a JPEG of at most 2 MiB; nil removes it. Everyone it has to do with is told.
//
// Errors: ErrBadPicture.
func (p *Phone) SetPicture(ctx context.Context, raw []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(raw) == 0 {
		p.s.setPicture(p.dev, portrait{person: p.account}, picture{})
		return nil
	}
	if err := checkPicture(raw); err != nil {
		return err
	}
	p.s.setPicture(p.dev, portrait{person: p.account}, picture{id: p.s.now().Unix(), jpeg: raw})
	return nil
}

// SetAvatar gives the account a picture that is drawn when someone looks at it: a face whose colours follow from the name.
// Until then it costs no memory.
func (p *Phone) SetAvatar(name string) {
	p.s.setPicture(p.dev, portrait{person: p.account}, picture{id: p.s.now().Unix(), avatar: name})
}

// PictureID is the id by which clients know the account's picture, empty when there is none.
func (p *Phone) PictureID() string {
	current := p.s.pictureOf(portrait{person: p.account})
	if !current.exists() {
		return ""
	}
	return strconv.FormatInt(current.id, 10)
}

func firstPicture(o PhoneOptions, now time.Time) picture {
	if o.Avatar == "" {
		return picture{}
	}
	return picture{id: now.Unix(), avatar: o.Avatar}
}
