package bridge_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/settings"
)

// What the window binds is what a script in it can call: nothing may become callable by accident.
func TestExactlyTheseMethodsCanBeCalled(t *testing.T) {
	var got []string
	for _, facade := range bridge.NewFacades().All() {
		kind := reflect.TypeOf(facade)
		for i := range kind.NumMethod() {
			got = append(got, kind.Elem().Name()+"."+kind.Method(i).Name)
		}
	}
	slices.Sort(got)
	require.Equal(t, []string{
		"App.Info", "App.OpenDemo", "App.OpenLink", "App.ReadNotices", "App.Restore", "App.Snapshot",
		"Attachments.Attach", "Attachments.Attached", "Attachments.Detach", "Attachments.Fetch", "Attachments.Save", "Attachments.Send",
		"Contacts.Join", "Contacts.Of", "Contacts.Part",
		"Demo.AddPhone", "Demo.Answers", "Demo.Crowd", "Demo.Network", "Demo.Read", "Demo.Scan", "Demo.State", "Demo.TakeOver", "Demo.Unlink", "Demo.Write",
		"Desktop.Quit", "Desktop.Refuge", "Desktop.SetStartup", "Desktop.Startup",
		"Fleet.CheckNow", "Fleet.CreateDevice", "Fleet.CreateSubaccount", "Fleet.History", "Fleet.KeepDeleted", "Fleet.NotifySubaccount", "Fleet.Pause", "Fleet.RemovalLoss", "Fleet.RemoveDevice",
		"Fleet.RenameSubaccount", "Fleet.Resume", "Fleet.SetBusinessHours", "Fleet.SetFetchPolicy", "Fleet.TakeBack", "Fleet.Together", "Fleet.TryNow", "Fleet.Unlink", "Fleet.UpdateDevice",
		"Inbox.Cancel", "Inbox.Conversations", "Inbox.FullText", "Inbox.MarkRead", "Inbox.Moment", "Inbox.Reschedule", "Inbox.Retry", "Inbox.Route",
		"Inbox.Schedule", "Inbox.Send", "Inbox.SendNow", "Inbox.SetDraft", "Inbox.Thread", "Inbox.Times", "Inbox.Unsent", "Inbox.Waiting",
		"Messages.Remarks", "Messages.Versions",
		"Pairing.Cancel", "Pairing.Current", "Pairing.Renew", "Pairing.ShowCode", "Pairing.Start", "Past.Again", "Past.Older",
		"Proxies.Get", "Proxies.Remove", "Proxies.Save",
		"Search.After", "Search.Around", "Search.Messages", "Search.Names",
		"Settings.Get", "Settings.Set",
		"Sleep.Rest", "Sleep.SendAllLate", "Sleep.SendLate",
		"Storage.Clear", "Storage.SetRule", "Storage.Try", "Storage.Use",
		"Timeline.Changes", "Timeline.CheckGap", "Timeline.Fleet", "Timeline.Report",
	}, got)
}

func facade[T any](t *testing.T, f *bridge.Facades) T {
	t.Helper()
	for _, one := range f.All() {
		if found, ok := one.(T); ok {
			return found
		}
	}
	require.FailNow(t, "no such facade")
	panic("unreachable")
}

func codeOf(t *testing.T, err error) string {
	t.Helper()
	require.Error(t, err)
	var p bridge.Problem
	require.NoError(t, json.Unmarshal([]byte(err.Error()), &p))
	return p.Code
}

func services() bridge.Services {
	bus := events.NewBus(events.Limits{})
	return bridge.Services{
		Info: bridge.AppInfo{Version: "1.2.3"}, Bus: bus,
		Settings: settings.New(&kept{now: domain.DefaultSettings()}, bus, func(domain.Settings) {}),
	}
}

func TestCallsWaitForTheEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		facades := bridge.NewFacades()
		start := time.Now()
		time.AfterFunc(5*time.Second, func() { facades.Attach(services()) })
		info, err := facade[*bridge.App](t, facades).Info()
		require.NoError(t, err)
		require.Equal(t, "1.2.3", info.Version)
		require.Equal(t, 5*time.Second, time.Since(start))
		facades.Attach(bridge.Services{}) // the first counts
		_, err = facade[*bridge.Settings](t, facades).Get()
		require.NoError(t, err)
	})
}

func TestCallsDoNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := facade[*bridge.App](t, bridge.NewFacades()).Info()
		require.Equal(t, "internal", codeOf(t, err))
		require.Equal(t, 30*time.Second, time.Since(start))
	})
}

func TestWorkspaceThatCanNotBeOpenedIsToldByInfo(t *testing.T) {
	facades := bridge.NewFacades()
	facades.Fail(bridge.AppInfo{Version: "1.2.3", DataDir: "/data"}, errors.Join(&domain.Error{
		Code: domain.CodeSyncedFolder, Message: "The folder is synced.", Action: domain.ActionOtherFolder,
	}), nil, nil)
	info, err := facade[*bridge.App](t, facades).Info()
	require.NoError(t, err)
	require.Equal(t, "/data", info.DataDir)
	require.Equal(t, "synced_folder", info.Problem.Code)
	require.Equal(t, "other_folder", info.Problem.Action)

	_, err = facade[*bridge.App](t, facades).Snapshot()
	require.Equal(t, "synced_folder", codeOf(t, err))
	require.Equal(t, "synced_folder", codeOf(t, facade[*bridge.Fleet](t, facades).Pause(1)))
	require.Equal(t, "conflict", codeOf(t, facade[*bridge.App](t, facades).Restore("waflow-v0001.db")))
}

func TestADamagedDatabaseIsReplacedByABackup(t *testing.T) {
	facades := bridge.NewFacades()
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var asked []string
	facades.Fail(bridge.AppInfo{Version: "1.2.3"}, &domain.Error{Code: domain.CodeDatabaseDamaged}, []domain.Backup{{Name: "copy", At: at}},
		func(_ context.Context, backup string) error {
			if asked = append(asked, backup); len(asked) == 1 {
				return &domain.Error{Code: domain.CodeDatabaseDamaged, Message: "the backup is damaged"}
			}
			facades.Attach(services())
			return nil
		})
	app := facade[*bridge.App](t, facades)
	info, err := app.Info()
	require.NoError(t, err)
	require.Equal(t, "database_damaged", info.Problem.Code)
	require.Equal(t, []bridge.Backup{{Name: "copy", At: at.UnixMilli()}}, info.Backups)

	require.Equal(t, "database_damaged", codeOf(t, app.Restore("copy")))
	require.NoError(t, app.Restore("copy"))
	require.Equal(t, []string{"copy", "copy"}, asked)
	info, err = app.Info()
	require.NoError(t, err)
	require.Nil(t, info.Problem)
	_, err = facade[*bridge.Settings](t, facades).Get()
	require.NoError(t, err)
}

func TestLinksThatMayBeOpened(t *testing.T) {
	var opened []string
	s := services()
	s.OpenURL = func(url string) error {
		opened = append(opened, url)
		return nil
	}
	facades := bridge.NewFacades()
	facades.Attach(s)
	app := facade[*bridge.App](t, facades)
	for _, url := range []string{"https://example.com/a?b=c", "mailto:ana@example.com", "tel:+34600000012", "HTTPS://example.com"} {
		require.NoError(t, app.OpenLink(url), url)
	}
	require.Len(t, opened, 4)
	for _, url := range []string{
		"http://example.com", "javascript:alert(1)", "file:///etc/passwd", "ms-msdt:/id", "search-ms:query", "smb://host/share", "//example.com",
		"https:", "https://", "https://user:secret@example.com", " https://example.com", "\thttps://example.com", "vbscript:x", "data:text/html,x", "",
	} {
		require.Equal(t, "invalid", codeOf(t, app.OpenLink(url)), url)
	}
	require.Len(t, opened, 4)
}

func TestDemoIsAbsentOutsideOfIt(t *testing.T) {
	facades := bridge.NewFacades()
	facades.Attach(services())
	demo := facade[*bridge.Demo](t, facades)
	_, err := demo.State()
	require.Equal(t, "not_found", codeOf(t, err))
	require.Equal(t, "not_found", codeOf(t, demo.Write("+34600000001", "+34600000002", "hi")))
	require.Equal(t, "conflict", codeOf(t, facade[*bridge.App](t, facades).OpenDemo()))
}
