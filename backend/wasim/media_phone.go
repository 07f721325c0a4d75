package wasim

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// A phone fetches the file of a message as the message arrives, and keeps it. When a linked device finds that the media
// hosts have it no longer, it asks its phone to upload it again:
//
//	→ <receipt type="server-error" id="3EB0…" to="34…@s.whatsapp.net">
//	    <encrypt><enc_p>ServerErrorReceipt{stanzaID}</enc_p><enc_iv/></encrypt><rmr jid from_me participant/></receipt>
//	← <notification type="mediaretry" id="3EB0…" from="34…@s.whatsapp.net" t>
//	    <encrypt><enc_p>MediaRetryNotification{stanzaID, directPath, result}</enc_p><enc_iv/></encrypt><rmr …/></notification>
//
// or, when the phone does not have the message, with <error code="2"/> in place of <encrypt>. Both are AES-256-GCM under
// a key derived from the file's media key, with the message's id as additional data. From whatsmeow's mediaretry.go and
// Baileys' messages-media.js, which agree.

// ErrNoFile means that a message has no file, or that the phone could not fetch it.
var ErrNoFile = errors.New("the phone has no file for this message")

// mediaRetryLabel is the label from which the key of a wish for a file is derived.
const mediaRetryLabel = "WhatsApp Media Retry Notification"

// heldFile is a phone's copy of a message's file, still encrypted: the bytes are the media host's own, so they cost
// nothing until the host forgets them.
type heldFile struct {
	blob    []byte
	problem string
}

// fetchFile downloads and checks the file of a message that has just arrived. Nil when it has none.
func (p *endpoint) fetchFile(m *storedMessage) *heldFile {
	file, kind := mediaOf(m.content)
	if file == nil {
		return nil
	}
	blob, err := p.s.download(file.GetDirectPath())
	if err == nil {
		_, err = openMedia(blob, file, kind)
	}
	if err != nil {
		p.s.log.Debug().Err(err).Str("phone", mask(p.account.number)).Msg("file not fetched")
		return &heldFile{problem: err.Error()}
	}
	return &heldFile{blob: blob}
}

// download fetches a blob as the simulator's own phones do, without a connection.
func (s *Server) download(direct string) ([]byte, error) {
	address, err := url.Parse(direct)
	if err != nil {
		return nil, fmt.Errorf("direct path: %w", err)
	}
	u, status := s.blobs.find(address.Path, address.Query())
	if status != http.StatusOK {
		return nil, fmt.Errorf("media host answers %d", status)
	}
	return u.data, nil
}

// rememberedFile is a phone's copy of a file of its past: what the media hosts once had.
func (s *Server) rememberedFile(message *waE2E.Message) *heldFile {
	file, _ := mediaOf(message)
	if file == nil {
		return nil
	}
	if blob := s.blobs.once(barePath(file.GetDirectPath())); blob != nil {
		return &heldFile{blob: blob}
	}
	return &heldFile{problem: ErrNoFile.Error()}
}

// barePath is a direct path without its query.
func barePath(direct string) string {
	path, _, _ := strings.Cut(direct, "?")
	return path
}

// File returns the file of a message in a chat, decrypted.
//
// Errors: ErrUnknownMessage, ErrNoFile.
func (p *endpoint) File(chat, id string) ([]byte, error) {
	_, m, err := p.keyOf(chat, id)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	held := m.file
	file, kind := mediaOf(m.content)
	p.mu.Unlock()
	if held == nil || held.blob == nil || file == nil {
		return nil, ErrNoFile
	}
	return openMedia(held.blob, file, kind)
}

// DropFile makes the phone lose its copy of a message's file, as one does whose owner cleared its storage.
func (p *endpoint) DropFile(chat, id string) error {
	_, m, err := p.keyOf(chat, id)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.file == nil {
		return ErrNoFile
	}
	m.file = &heldFile{problem: "deleted"}
	return nil
}

// ExpireMedia ends the time of everything that the account has uploaded so far: downloads are answered with 410. It
// returns how many files that were.
func (p *Phone) ExpireMedia() int { return p.s.blobs.expire(p.account) }

// ExpireMedia ends the time of everything that lies on the media hosts.
func (s *Server) ExpireMedia() int { return s.blobs.expire(nil) }

// answerMediaRetry uploads a file again for a linked device.
func (p *Phone) answerMediaRetry(node *waBinary.Node, d *device) {
	id := attrString(node, "id")
	rmr, ok := node.GetOptionalChildByTag("rmr")
	if !ok {
		return
	}
	answer := element("error", attrs{"code": "2"})
	if m := p.wanted(&rmr, id); m != nil {
		sealed, err := p.mediaRetry(m, id, node.GetChildByTag("encrypt", "enc_p"), node.GetChildByTag("encrypt", "enc_iv"))
		if err != nil {
			p.s.log.Debug().Err(err).Msg("media retry not answered")
			return
		}
		answer = sealed
	}
	p.s.ledger.note(p.dev.address(), "answers a wish for the file of", id)
	p.s.notifyAs(d, p.account.pn(), "mediaretry", id, answer, rmr)
}

// wanted finds the message that a linked device asks for.
func (p *Phone) wanted(rmr *waBinary.Node, id string) *storedMessage {
	chat, ok := attrJID(rmr, "jid")
	if !ok {
		return nil
	}
	with, err := p.partner(p.labelOf(chat))
	if err != nil {
		return nil
	}
	return p.find(with, id)
}

// mediaRetry uploads the file of a message again and says so, encrypted for who has the message.
func (p *Phone) mediaRetry(m *storedMessage, id string, request, iv waBinary.Node) (waBinary.Node, error) {
	p.mu.Lock()
	held := m.file
	file, _ := mediaOf(m.content)
	p.mu.Unlock()
	if file == nil {
		return waBinary.Node{}, ErrNoFile
	}
	key := hkdfutil.SHA256(file.GetMediaKey(), nil, []byte(mediaRetryLabel), 32)
	note := &waMmsRetry.MediaRetryNotification{StanzaID: proto.String(id)}
	result, path, err := p.uploadAgain(held, asksFor(key, id, content(request), content(iv)))
	if err != nil {
		return waBinary.Node{}, err
	}
	note.Result = result.Enum()
	if path != "" {
		note.DirectPath = proto.String(path)
	}
	plaintext, err := proto.Marshal(note)
	if err != nil {
		return waBinary.Node{}, fmt.Errorf("encode media retry: %w", err)
	}
	nonce := p.random.bytes(gcmIV)
	sealed, err := gcmutil.Encrypt(key, nonce, plaintext, []byte(id))
	if err != nil {
		return waBinary.Node{}, fmt.Errorf("encrypt media retry: %w", err)
	}
	return element("encrypt", nil, data("enc_p", sealed), data("enc_iv", nonce)), nil
}

func (p *Phone) uploadAgain(held *heldFile, asked bool) (waMmsRetry.MediaRetryNotification_ResultType, string, error) {
	if f, fails := p.s.faults.takeFor(FaultFailMediaRetry, p.account.number); fails {
		return waMmsRetry.MediaRetryNotification_ResultType(f.Code), "", nil
	}
	switch {
	case !asked:
		return waMmsRetry.MediaRetryNotification_DECRYPTION_ERROR, "", nil
	case held == nil || held.blob == nil:
		return waMmsRetry.MediaRetryNotification_NOT_FOUND, "", nil
	}
	path, err := p.s.blobs.putAgain(p.account, held.blob)
	return waMmsRetry.MediaRetryNotification_SUCCESS, path, err
}

// asksFor tells whether a linked device proves that it has the message whose file it asks for.
func asksFor(key []byte, id string, request, iv []byte) bool {
	if len(iv) != gcmIV {
		return false
	}
	plaintext, err := gcmutil.Decrypt(key, iv, request, []byte(id))
	if err != nil {
		return false
	}
	var receipt waMmsRetry.ServerErrorReceipt
	return proto.Unmarshal(plaintext, &receipt) == nil && receipt.GetStanzaID() == id
}
