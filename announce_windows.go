//go:build !headless

package main

import (
	"context"
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"git.sr.ht/~jackmordaunt/go-toast/v2"
	"github.com/wailsapp/wails/v2/pkg/runtime"
	"golang.org/x/sys/windows/registry"

	"waflow/backend/domain"
)

//go:embed build/appicon.png
var toastIcon []byte

// toastAnnouncer shows toasts by the library under the window library, which itself can't say that one is to be silent.
type toastAnnouncer struct{}

// newAnnouncer has the window library register the program with Windows, and then takes its place for clicks and for the icon.
func newAnnouncer(ctx context.Context, opened func(domain.DeviceRef), warn func(error, string)) announcer {
	if err := runtime.InitializeNotifications(ctx); err != nil {
		warn(err, "the system shows no notifications")
	}
	toast.SetActivationCallback(func(of string, _ []toast.UserData) {
		if ref, ok := refOf(of); ok {
			opened(ref)
		}
	})
	if err := placeToastIcon(); err != nil {
		warn(err, "notifications have no icon")
	}
	return toastAnnouncer{}
}

func (toastAnnouncer) show(a announcement) error {
	sound := toast.Silent
	if a.sound {
		sound = toast.Default
	}
	n := toast.Notification{
		Title: plain(a.title), Body: plain(a.body), ActivationType: toast.Foreground, ActivationArguments: nameOf(a.of), Audio: sound,
	}
	return n.Push()
}

func (toastAnnouncer) close() {}

// placeToastIcon writes the icon where the registry says that it is.
func placeToastIcon() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	key, err := registry.OpenKey(registry.CURRENT_USER, `Software\Classes\AppUserModelId\`+filepath.Base(self), registry.QUERY_VALUE)
	if err != nil {
		return err
	}
	path, _, err := key.GetStringValue("IconUri")
	if err := errors.Join(err, key.Close()); err != nil {
		return err
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, toastIcon, 0o600)
}

// plain is a text that can stand in the library's template: it is put between CDATA marks as it is.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, text)
	return strings.ReplaceAll(text, "]]>", "]] >")
}
