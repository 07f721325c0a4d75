package whatsapp

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"slices"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
	"waflow/backend/whatsapp/convert"
)

// A phone hands its history over in pieces. Of each it sends a notice, which is kept as it came; the piece itself lies in the notice or on
// WhatsApp's media servers, encrypted with a key in the notice, and deflated. The library would read a piece whole however large it is, so it
// is measured first.
const (
	maxPiece     = 256 << 20 // bytes, inflated
	pastTogether = 500       // messages that are handed on at a time
)

// History fetches the piece of history that a notice names and hands it on in parts; an error of take ends it. It takes as long as ctx lets it.
//
// Errors are *domain.Error: CodeNotConnected, CodeInvalid for a piece that can't be read, now or ever; and what take returned.
func (c *Client) History(ctx context.Context, notice domain.InboundHistory, take func(domain.Past) error) error {
	if !c.begin() {
		return notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()

	sync, err := c.piece(ctx, notice)
	if err != nil {
		return err
	}
	names := convert.HistoryNames(sync)
	answer := answerOf(notice)
	for _, conversation := range sync.GetConversations() {
		if err := c.handOn(ctx, conversation, take); err != nil {
			return err
		}
		names = append(names, c.namesOf(ctx, conversation)...)
		answer.add(conversation)
	}
	if len(names) == 0 && answer == nil {
		return nil
	}
	return take(domain.Past{Names: names, Answer: answer.made()})
}

// piece downloads and unpacks a piece of history. The library keeps of it what it needs itself.
func (c *Client) piece(ctx context.Context, notice domain.InboundHistory) (*waHistorySync.HistorySync, error) {
	var n waE2E.HistorySyncNotification
	if err := proto.Unmarshal(notice.Raw, &n); err != nil {
		return nil, invalid("The notice of history can't be read.", err)
	}
	packed := n.InitialHistBootstrapInlinePayload
	if packed == nil {
		if n.GetFileLength() > maxPiece {
			return nil, invalid("The piece of history is too large.", nil)
		}
		var err error
		if packed, err = c.wa.Download(ctx, &n); err != nil {
			return nil, notConnected(err)
		}
	}
	if err := measure(packed); err != nil {
		return nil, err
	}
	n.InitialHistBootstrapInlinePayload = packed
	sync, err := c.wa.DownloadHistorySync(ctx, &n, true)
	if err != nil {
		return nil, invalid("The piece of history can't be read.", err)
	}
	return sync, nil
}

// measure refuses what would unpack to more than maxPiece.
func measure(packed []byte) error {
	reader, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return invalid("The piece of history can't be unpacked.", err)
	}
	size, err := io.Copy(io.Discard, io.LimitReader(reader, maxPiece+1))
	switch {
	case err != nil:
		return invalid("The piece of history can't be unpacked.", err)
	case size > maxPiece:
		return invalid("The piece of history is too large.", nil)
	}
	return nil
}

// handOn converts a conversation and hands it on in parts. What names nobody is left out, as there is no place for it.
func (c *Client) handOn(ctx context.Context, conversation *waHistorySync.Conversation, take func(domain.Past) error) error {
	chat, _ := types.ParseJID(conversation.GetID()) // an empty one is no chat, and its messages come to nothing
	own := *c.own.Load()
	part := make([]domain.InboundMessage, 0, min(len(conversation.GetMessages()), pastTogether))
	for _, entry := range slices.Backward(conversation.GetMessages()) { // the newest is first, and times are whole seconds
		e, err := c.wa.ParseWebMessage(chat, entry.GetMessage())
		if err != nil {
			continue
		}
		c.identify(&e.Info.MessageSource)
		part = append(part, convert.History(e, own)...)
		if len(part) >= pastTogether {
			if err := c.takePart(ctx, part, take); err != nil {
				return err
			}
			part = part[:0]
		}
	}
	return c.takePart(ctx, part, take)
}

// namesOf is how the person of a conversation calls themselves, as the library has kept it from an earlier piece: the names come before most of
// the conversations.
func (c *Client) namesOf(ctx context.Context, conversation *waHistorySync.Conversation) []domain.InboundName {
	chat, _ := types.ParseJID(conversation.GetID())
	other := c.other(chat)
	for _, jid := range []types.JID{chat, other} {
		if jid.IsEmpty() || c.wa.Store.Contacts == nil {
			continue
		}
		if contact, err := c.wa.Store.Contacts.GetContact(ctx, jid); err == nil && contact.PushName != "" {
			return convert.Name(chat, other, contact.PushName)
		}
	}
	return nil
}

func (c *Client) takePart(ctx context.Context, part []domain.InboundMessage, take func(domain.Past) error) error {
	if err := ctx.Err(); err != nil || len(part) == 0 {
		return err
	}
	return take(domain.Past{Messages: part})
}

// HistoryKept tells the phone that a piece of its history is kept, and WhatsApp that its copy can go. Errors: CodeNotConnected.
func (c *Client) HistoryKept(ctx context.Context, notice domain.InboundHistory) error {
	if !c.begin() {
		return notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := c.within(ctx)
	defer cancel()
	if err := c.wa.SendProtocolMessageReceipt(ctx, notice.WAID, types.ReceiptTypeHistorySync); err != nil {
		return notConnected(fmt.Errorf("history receipt: %w", err))
	}
	var n waE2E.HistorySyncNotification
	if proto.Unmarshal(notice.Raw, &n) != nil {
		return nil
	}
	if err := c.wa.DeleteMedia(ctx, whatsmeow.MediaHistory, n.GetDirectPath(), n.GetFileEncSHA256(), n.GetEncHandle()); err != nil {
		c.log.Info().Msg("WhatsApp's copy of a piece of history was not deleted; it runs out by itself")
	}
	return nil
}
