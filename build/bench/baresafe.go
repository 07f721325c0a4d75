package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver of both databases
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// bareDSN is what every rival's database is opened with: nothing that was acknowledged may be lost.
const bareDSN = "?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=10000&_foreign_keys=on"

// baresafe is a rival: a client of the library with the same safe settings and one plain INSERT per message. Any number of them run in a process
// of their own, with one database for the messages of all and a session file each. The process speaks JSON lines: of each client it prints the code
// to scan and "connected", and after each command that it reads what it measured.
type baresafe struct {
	number int
	client *whatsmeow.Client
	db     *sql.DB
	out    *bareLines
}

// bareLines prints lines for several clients.
type bareLines struct {
	mu  sync.Mutex
	out *json.Encoder
}

func (l *bareLines) print(line bareLine) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Encode(line)
}

// bareLine is one line from the rival.
type bareLine struct {
	Client    int     `json:"client"` // from 0
	Code      string  `json:"code,omitempty"`
	Connected bool    `json:"connected,omitempty"`
	PerSecond float64 `json:"perSecond,omitempty"`
}

// bareCommand is one line to the rival: send so many texts to a number, one after the other.
type bareCommand struct {
	To    string `json:"to"`
	Count int    `json:"count"`
}

func runBaresafe(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("baresafe", flag.ContinueOnError)
	endpoint := flags.String("endpoint", "", "websocket address of the simulator")
	rootKey := flags.String("root-key", "", "its root key")
	dir := flags.String("dir", "", "where the databases live")
	clients := flags.Int("clients", 1, "how many clients there are")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	key, err := base64.StdEncoding.DecodeString(*rootKey)
	if err != nil || len(key) != len(whatsmeow.WACertPubKey) {
		return fmt.Errorf("root key: %w", err)
	}
	whatsmeow.WACertPubKey = [32]byte(key)
	db, err := openBare(ctx, *dir)
	if err != nil {
		return err
	}
	out := &bareLines{out: json.NewEncoder(os.Stdout)}
	all := make([]*baresafe, *clients)
	for i := range all {
		all[i] = &baresafe{number: i, db: db, out: out}
		if err := all[i].open(ctx, *dir, *endpoint); err != nil {
			return err
		}
		defer all[i].client.Disconnect()
	}
	return errors.Join(all[0].serve(ctx), db.Close())
}

// openBare opens the database of the messages.
func openBare(ctx context.Context, dir string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "messages.db")+bareDSN)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	const schema = "CREATE TABLE IF NOT EXISTS messages (chat TEXT, sender TEXT, id TEXT, at INTEGER, text TEXT, PRIMARY KEY (chat, sender, id))"
	_, err = db.ExecContext(ctx, schema)
	return db, err
}

func (b *baresafe) open(ctx context.Context, dir, endpoint string) error {
	container, err := sqlstore.New(ctx, "sqlite3", "file:"+filepath.Join(dir, fmt.Sprintf("session-%d.db", b.number))+bareDSN, nil)
	if err != nil {
		return err
	}
	device, err := container.GetFirstDevice(ctx)
	if err != nil {
		return err
	}
	b.client = whatsmeow.NewClient(device, nil)
	b.client.SynchronousAck = true
	b.client.EnableDecryptedEventBuffer = true
	b.client.UseRetryMessageStore = true
	b.client.AutomaticMessageRerequestFromPhone = true
	b.client.ManualHistorySyncDownload = true
	b.client.DisableManualHistorySyncReceipt = true
	b.client.AddEventHandlerWithSuccessStatus(b.handle)
	return b.connect(ctx, endpoint)
}

// connect dials the simulator whatever host the library asks for, and prints the code if there is no link yet.
func (b *baresafe) connect(ctx context.Context, endpoint string) error {
	address, err := url.Parse(endpoint)
	if err != nil {
		return err
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address.Host)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DialTLSContext: dial}}
	b.client.SetWebsocketHTTPClient(client)
	b.client.SetPreLoginHTTPClient(client)
	b.client.SetMediaHTTPClient(client)
	if b.client.Store.ID != nil {
		return b.client.ConnectContext(ctx)
	}
	codes, err := b.client.GetQRChannel(ctx)
	if err != nil {
		return err
	}
	if err := b.client.ConnectContext(ctx); err != nil {
		return err
	}
	go func() {
		for item := range codes {
			if item.Event == whatsmeow.QRChannelEventCode {
				_ = b.out.print(bareLine{Client: b.number, Code: item.Code})
			}
		}
	}()
	return nil
}

func (b *baresafe) handle(event any) bool {
	switch e := event.(type) {
	case *events.Connected:
		_ = b.out.print(bareLine{Client: b.number, Connected: true})
	case *events.Message:
		return b.insert(context.Background(), e.Info.Chat, e.Info.Sender, e.Info.ID, e.Info.Timestamp, e.Message.GetConversation()) == nil
	}
	return true
}

func (b *baresafe) insert(ctx context.Context, chat, sender types.JID, id string, at time.Time, text string) error {
	_, err := b.db.ExecContext(ctx, "INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?)", chat.String(), sender.String(), id, at.Unix(), text)
	return err
}

// serve carries out commands until its input ends.
func (b *baresafe) serve(ctx context.Context) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var command bareCommand
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			return err
		}
		perSecond, err := b.send(ctx, types.NewJID(command.To, types.DefaultUserServer), command.Count)
		if err != nil {
			return err
		}
		if err := b.out.print(bareLine{PerSecond: perSecond}); err != nil {
			return err
		}
	}
	return lines.Err()
}

// send writes each text down and sends it, one after the other.
func (b *baresafe) send(ctx context.Context, to types.JID, count int) (perSecond float64, err error) {
	began := time.Now()
	for i := range count {
		text := fmt.Sprintf("bench %d", i)
		id := b.client.GenerateMessageID()
		if err := b.insert(ctx, to, *b.client.Store.ID, id, time.Now(), text); err != nil {
			return 0, err
		}
		message := &waE2E.Message{Conversation: proto.String(text)}
		if _, err := b.client.SendMessage(ctx, to, message, whatsmeow.SendRequestExtra{ID: id}); err != nil {
			return 0, err
		}
	}
	return float64(count) / time.Since(began).Seconds(), nil
}
