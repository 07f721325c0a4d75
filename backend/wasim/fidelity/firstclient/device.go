package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// patience bounds how long one command may take.
const patience = 30 * time.Second

// line is what goes in and out. Do is set on the way in, Event on the way out.
type line struct {
	Do     string `json:"do,omitempty"`
	Event  string `json:"event,omitempty"`
	ID     string `json:"id,omitempty"`
	Chat   string `json:"chat,omitempty"`
	Sender string `json:"sender,omitempty"`
	Text   string `json:"text,omitempty"`
	Type   string `json:"type,omitempty"`
	FromMe bool   `json:"fromMe,omitempty"`
}

// device is the client library with its session, which lives as long as the process.
type device struct {
	client *whatsmeow.Client
	db     *sql.DB

	mu  sync.Mutex
	out *json.Encoder
	// background is the login after linking.
	background sync.WaitGroup
}

func newDevice(ctx context.Context, web *http.Client, out io.Writer) (*device, error) {
	db, err := sql.Open("sqlite3", "file::memory:?_foreign_keys=on")
	if err != nil {
		return nil, err
	}
	// Each connection to a database in memory has one of its own.
	db.SetMaxOpenConns(1)
	container := sqlstore.NewWithDB(db, "sqlite3", waLog.Noop)
	if err = container.Upgrade(ctx); err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	d := &device{client: whatsmeow.NewClient(container.NewDevice(), waLog.Noop), db: db, out: json.NewEncoder(out)}
	d.client.EnableAutoReconnect = false
	d.client.DisableLoginAutoReconnect = true
	d.client.SetWebsocketHTTPClient(web)
	d.client.SetPreLoginHTTPClient(web)
	d.client.SetMediaHTTPClient(web)
	d.client.AddEventHandler(d.tell)
	return d, nil
}

func (d *device) close() error {
	d.client.Disconnect()
	d.background.Wait()
	return d.db.Close()
}

// tell writes the events that the suite looks at.
func (d *device) tell(evt any) {
	switch e := evt.(type) {
	case *events.QR:
		d.say(line{Event: "qr", Text: e.Codes[0]})
	case *events.ManualLoginReconnect:
		d.background.Go(func() {
			d.client.Disconnect()
			if err := d.client.Connect(); err != nil {
				d.say(line{Event: "error", Text: err.Error()})
			}
		})
	case *events.AppStateSyncComplete:
		if e.Name == "critical_unblock_low" {
			d.say(line{Event: "ready"})
		}
	case *events.Message:
		text := e.Message.GetConversation() + e.Message.GetExtendedTextMessage().GetText()
		d.say(line{
			Event: "message", ID: e.Info.ID, Chat: e.Info.Chat.String(), Sender: e.Info.Sender.String(), Text: text,
			FromMe: e.Info.IsFromMe,
		})
	case *events.Receipt:
		for _, id := range e.MessageIDs {
			d.say(line{Event: "receipt", ID: id, Chat: e.Chat.String(), Sender: e.Sender.String(), Type: string(e.Type)})
		}
	}
}

func (d *device) say(l line) {
	d.mu.Lock()
	defer d.mu.Unlock()
	// Whoever does not read any more has closed the input too, which ends the process.
	_ = d.out.Encode(l)
}

// obey carries out one command after the other until there are no more.
func (d *device) obey(ctx context.Context, in io.Reader) error {
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		var l line
		err := json.Unmarshal(scanner.Bytes(), &l)
		if err == nil {
			err = d.do(ctx, l)
		}
		if err != nil {
			d.say(line{Event: "error", Text: err.Error()})
		}
	}
	return scanner.Err()
}

func (d *device) do(ctx context.Context, l line) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	chat, err := types.ParseJID(l.Chat)
	if err != nil {
		return fmt.Errorf("chat: %w", err)
	}
	switch l.Do {
	case "send":
		sent, err := d.client.SendMessage(ctx, chat, &waE2E.Message{Conversation: proto.String(l.Text)})
		if err == nil {
			d.say(line{Event: "sent", ID: sent.ID})
		}
		return err
	case "read":
		sender, err := types.ParseJID(l.Sender)
		if err != nil {
			return fmt.Errorf("sender: %w", err)
		}
		return d.client.MarkRead(ctx, []types.MessageID{l.ID}, time.Now(), chat, sender)
	default:
		return fmt.Errorf("unknown command %q", l.Do)
	}
}
