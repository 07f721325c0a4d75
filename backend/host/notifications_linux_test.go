package host

import (
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
)

// notificationServer stands for the one of a session, on a bus of its own.
type notificationServer struct {
	bus   *dbus.Conn
	can   []string
	shown chan shownNotification

	mu   sync.Mutex
	last uint32
}

type shownNotification struct {
	id          uint32
	title, body string
	actions     []string
	hints       map[string]dbus.Variant
}

// GetCapabilities is a method of org.freedesktop.Notifications.
func (s *notificationServer) GetCapabilities() ([]string, *dbus.Error) { return s.can, nil }

// Notify is a method of org.freedesktop.Notifications.
func (s *notificationServer) Notify(
	_ string, _ uint32, _, title, body string, actions []string, hints map[string]dbus.Variant, _ int32,
) (uint32, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	s.shown <- shownNotification{id: s.last, title: title, body: body, actions: actions, hints: hints}
	return s.last, nil
}

func (s *notificationServer) emit(t *testing.T, member string, id uint32, value any) {
	t.Helper()
	require.NoError(t, s.bus.Emit(serverPath, serverName+"."+member, id, value))
}

// startNotificationServer starts one on a session bus of the test's own.
func startNotificationServer(t *testing.T, can ...string) *notificationServer {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", startBus(t))
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	t.Cleanup(func() { _ = bus.Close() })
	s := &notificationServer{bus: bus, can: can, shown: make(chan shownNotification, 10)}
	require.NoError(t, bus.Export(s, serverPath, serverName))
	owned, err := bus.RequestName(serverName, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, owned)
	return s
}

func TestANotificationIsSilentUnlessItIsToBeHeard(t *testing.T) {
	server := startNotificationServer(t, "body", "body-markup", "sound")
	n := NewNotifications(func(string) {})
	t.Cleanup(func() { require.NoError(t, n.Close()) })

	require.NoError(t, n.Show(t.Context(), Notification{Title: "Reception <1>", Body: "Ruiz & Sons · <b>offline</b>"}))
	silent := <-server.shown
	require.Equal(t, dbus.MakeVariant(true), silent.hints["suppress-sound"])
	require.NotContains(t, silent.hints, "sound-name")
	require.Equal(t, "Reception <1>", silent.title)
	require.Equal(t, "Ruiz &amp; Sons · &lt;b&gt;offline&lt;/b&gt;", silent.body)
	require.Contains(t, silent.actions, "default", "it can be clicked")

	require.NoError(t, n.Show(t.Context(), Notification{Title: "Reception", Body: "back", Sound: true}))
	heard := <-server.shown
	require.Equal(t, dbus.MakeVariant(false), heard.hints["suppress-sound"])
	require.Equal(t, dbus.MakeVariant(soundName), heard.hints["sound-name"])
}

func TestAServerThatShowsTextGetsText(t *testing.T) {
	server := startNotificationServer(t, "body")
	n := NewNotifications(func(string) {})
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	require.NoError(t, n.Show(t.Context(), Notification{Body: "Ruiz & Sons"}))
	require.Equal(t, "Ruiz & Sons", (<-server.shown).body)
}

func TestOnlyAClickOpensAndOnlyOurs(t *testing.T) {
	server := startNotificationServer(t)
	opened := make(chan string, 10)
	n := NewNotifications(func(of string) { opened <- of })
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	for _, of := range []string{"1/1", "1/2", "1/3"} {
		require.NoError(t, n.Show(t.Context(), Notification{Title: "Reception", Of: of}))
	}
	first, second, third := <-server.shown, <-server.shown, <-server.shown

	server.emit(t, "NotificationClosed", first.id, uint32(2)) // dismissed
	server.emit(t, "ActionInvoked", first.id, "default")      // gone already
	server.emit(t, "ActionInvoked", uint32(999), "default")   // another program's
	server.emit(t, "ActionInvoked", second.id, "other")
	server.emit(t, "ActionInvoked", third.id, uint32(1)) // not as the specification has it
	require.NoError(t, n.Show(t.Context(), Notification{Title: "Reception", Of: "2/7"}))
	server.emit(t, "ActionInvoked", (<-server.shown).id, "default")
	require.Equal(t, "2/7", <-opened)
	require.Empty(t, opened)
}

func TestWithoutAServerNothingIsShownUntilThereIsOne(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	n := NewNotifications(func(string) {})
	require.Error(t, n.Show(t.Context(), Notification{Title: "Reception"}))
	server := startNotificationServer(t)
	require.NoError(t, n.Show(t.Context(), Notification{Title: "Reception"}))
	require.Equal(t, "Reception", (<-server.shown).title)
	require.NoError(t, n.Close())
	require.Error(t, n.Show(t.Context(), Notification{Title: "Reception"}), "it is closed")
}
