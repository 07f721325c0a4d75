package whatsapp

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
	"waflow/backend/panics"
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
// Errors are *domain.Error: CodeNotConnected; CodeHistoryTooLarge and CodeHistoryBroken for a piece that can't be read, now or ever;
// CodeHistoryGone for one that WhatsApp has no more, after the phone was asked to hand it over anew, with a new notice; and what take returned.
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
	rest := domain.Past{Names: convert.HistoryNames(sync)}
	answer := answerOf(notice)
	for _, conversation := range sync.GetConversations() {
		if err := c.handOn(ctx, conversation, take); err != nil {
			return err
		}
		rest.Names = append(rest.Names, c.namesOf(ctx, conversation)...)
		rest.Ended = append(rest.Ended, c.ended(conversation)...)
		answer.add(conversation)
	}
	if rest.Answer = answer.made(); len(rest.Names) == 0 && len(rest.Ended) == 0 && rest.Answer == nil {
		return nil
	}
	return take(rest)
}

// piece downloads and unpacks a piece of history. The library keeps of it what it needs itself.
func (c *Client) piece(ctx context.Context, notice domain.InboundHistory) (*waHistorySync.HistorySync, error) {
	var n waE2E.HistorySyncNotification
	if err := proto.Unmarshal(notice.Raw, &n); err != nil {
		return nil, unusable(domain.CodeHistoryBroken, "The notice of history can't be read.", err)
	}
	packed := n.InitialHistBootstrapInlinePayload
	if packed == nil {
		if n.GetFileLength() > maxPiece {
			return nil, unusable(domain.CodeHistoryTooLarge, "The piece of history is too large.", nil)
		}
		var err error
		if packed, err = c.wa.Download(ctx, &n); err != nil {
			return nil, c.notDownloaded(ctx, notice.WAID, &n, err)
		}
	}
	if err := measure(packed); err != nil {
		return nil, err
	}
	n.InitialHistBootstrapInlinePayload = packed
	sync, err := c.unpack(ctx, &n)
	if err != nil {
		return nil, unusable(domain.CodeHistoryBroken, "The piece of history can't be read.", err)
	}
	return sync, nil
}

// unpack reads a piece that is here. What the library does not withstand is refused like what it can't read: it would be no better the next time.
func (c *Client) unpack(ctx context.Context, n *waE2E.HistorySyncNotification) (sync *waHistorySync.HistorySync, err error) {
	defer panics.Into(&err, "reading a piece of history panicked")
	return c.wa.DownloadHistorySync(ctx, n, true)
}

// notDownloaded says what it means that a piece could not be fetched. Of one that is gone the phone is told, and it hands it over anew.
func (c *Client) notDownloaded(ctx context.Context, waid string, n *waE2E.HistorySyncNotification, cause error) error {
	switch {
	case errors.Is(cause, whatsmeow.ErrMediaDownloadFailedWith403), errors.Is(cause, whatsmeow.ErrMediaDownloadFailedWith404),
		errors.Is(cause, whatsmeow.ErrMediaDownloadFailedWith410):
		if waid == "" { // there is no name by which to ask for it
			return unusable(domain.CodeHistoryBroken, "WhatsApp has the piece of history no more.", cause)
		}
		if err := c.wa.SendHistorySyncServerErrorReceipt(ctx, waid, n.GetMediaKey()); err != nil {
			return notConnected(err)
		}
		return unusable(domain.CodeHistoryGone, "WhatsApp has the piece of history no more.", cause)
	case errors.Is(cause, whatsmeow.ErrInvalidMediaHMAC), errors.Is(cause, whatsmeow.ErrInvalidMediaEncSHA256),
		errors.Is(cause, whatsmeow.ErrInvalidMediaSHA256), errors.Is(cause, whatsmeow.ErrTooShortFile):
		return unusable(domain.CodeHistoryBroken, "The piece of history is not the one that the phone named.", cause)
	}
	return notConnected(cause)
}

func unusable(code domain.Code, sentence string, cause error) *domain.Error {
	return &domain.Error{Code: code, Message: sentence, Action: domain.ActionRetry, Err: maskedError(cause)}
}

// measure refuses what would unpack to more than maxPiece.
func measure(packed []byte) error {
	reader, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return unusable(domain.CodeHistoryBroken, "The piece of history can't be unpacked.", err)
	}
	size, err := io.Copy(io.Discard, io.LimitReader(reader, maxPiece+1))
	switch {
	case err != nil:
		return unusable(domain.CodeHistoryBroken, "The piece of history can't be unpacked.", err)
	case size > maxPiece:
		return unusable(domain.CodeHistoryTooLarge, "The piece of history is too large.", nil)
	}
	return nil
}

// handOn converts a conversation and hands it on in parts. What names nobody is left out, as there is no place for it.
func (c *Client) handOn(ctx context.Context, conversation *waHistorySync.Conversation, take func(domain.Past) error) error {
	chat, _ := types.ParseJID(conversation.GetID()) // an empty one is no chat, and its messages come to nothing
	own := *c.own.Load()
	var part domain.Past
	for _, entry := range slices.Backward(conversation.GetMessages()) { // the newest is first, and times are whole seconds
		past, ok := convert.Stub(chat, entry.GetMessage(), c.other, own)
		if !ok {
			e, err := c.wa.ParseWebMessage(chat, entry.GetMessage())
			if err != nil {
				continue
			}
			c.identify(&e.Info.MessageSource)
			past = convert.History(e, c.opened(e), own)
		}
		part.Messages, part.Changes = append(part.Messages, past.Messages...), append(part.Changes, past.Changes...)
		if len(part.Messages)+len(part.Changes) >= pastTogether {
			if err := c.takePart(ctx, part, take); err != nil {
				return err
			}
			part = domain.Past{}
		}
	}
	return c.takePart(ctx, part, take)
}

// ended names a conversation that the phone has nothing older of.
func (c *Client) ended(conversation *waHistorySync.Conversation) []domain.Peer {
	if conversation.GetEndOfHistoryTransferType() != waHistorySync.Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY {
		return nil
	}
	jid, _ := types.ParseJID(conversation.GetID())
	if chat, ok := convert.Chat(jid, c.other(jid)); ok {
		return []domain.Peer{chat}
	}
	return nil
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

func (c *Client) takePart(ctx context.Context, part domain.Past, take func(domain.Past) error) error {
	if err := ctx.Err(); err != nil || len(part.Messages)+len(part.Changes) == 0 {
		return err
	}
	return take(part)
}

// HistoryKept tells the phone that a piece of its history is kept, and WhatsApp that its copy can go; of a notice without an id nothing can be
// told. Errors: CodeNotConnected.
func (c *Client) HistoryKept(ctx context.Context, notice domain.InboundHistory) error {
	if !c.begin() {
		return notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := c.within(ctx)
	defer cancel()
	if notice.WAID == "" {
		return nil
	}
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
