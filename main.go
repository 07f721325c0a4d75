// Waflow runs many WhatsApp numbers from one window. This is its command line: the desktop program, the same interface served to a
// browser, a look at what it needs, and the version. Nothing happens before the command is known, because generating the bindings runs main.
package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/adrg/xdg"
	"github.com/alecthomas/kong"

	"waflow/backend/domain"
	"waflow/backend/engine"
)

// version is set by the linker when a release is built.
var version = "0.1.0"

// dist is the built interface. Before its first build it holds one empty file, so that the program compiles.
//
//go:embed all:frontend/dist
var dist embed.FS

// workspaceFlags choose the workspace and the WhatsApp that it talks to.
type workspaceFlags struct {
	DataDir          string `placeholder:"DIR" help:"Where the workspace lives. Each kind of workspace has its own folder if this is not given."`
	Demo             bool   `help:"Open the demo: simulated phones, its own folder, nothing reaches WhatsApp."`
	WhatsappEndpoint string `placeholder:"URL" help:"Talk to a simulator on this machine instead of WhatsApp, such as ws://127.0.0.1:8080/ws/chat."`
	WhatsappRootKey  string `placeholder:"BASE64" help:"The simulator's root key, 32 bytes."`
}

type cli struct {
	Workspace workspaceFlags `embed:""`

	Desktop desktopCommand `cmd:"" default:"withargs" help:"Open the window. This is what happens without a command."`
	Serve   serveCommand   `cmd:"" help:"Serve the same interface to a browser on this machine."`
	Doctor  doctorCommand  `cmd:"" help:"Look whether everything Waflow needs is in order, without changing anything."`
	Restore restoreCommand `cmd:"" help:"List the backups of the database, or put one in its place. What was there is kept."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

type desktopCommand struct {
	Hidden bool `help:"Begin without the window: the tray icon opens it."`
}

// Run opens the window.
func (d desktopCommand) Run(ctx context.Context, w workspaceFlags) error {
	return runDesktop(ctx, w, d.Hidden)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("waflow", version)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	command := kong.Parse(&c,
		kong.Name("waflow"),
		kong.Description("Every client's WhatsApp, in one calm window."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := command.Run(c.Workspace); err != nil {
		code := 1
		var ended *exit
		if errors.As(err, &ended) {
			code, err = ended.code, ended.err
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, sentence(err))
		}
		stop()
		os.Exit(code)
	}
}

// exit is how a command ends with a code of its own.
type exit struct {
	code int
	err  error // nil if everything was said already
}

// Error returns what the command failed with.
func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// sentence is an error as the command line shows it: in the interface's words where it is meant for people.
func sentence(err error) string {
	var coded *domain.Error
	if !errors.As(err, &coded) {
		return "waflow: " + err.Error()
	}
	words, unread := readWords("en")
	title, line := words["error_"+string(coded.Code)+"_title"], words["error_"+string(coded.Code)+"_line"]
	if unread != nil || title == "" {
		return fmt.Sprintf("waflow: %s (%s)", coded.Message, coded.Code)
	}
	return fmt.Sprintf("waflow: %s. %s (%s: %s)", title, line, coded.Code, coded.Message)
}

// options are the engine's, from the flags.
func (w workspaceFlags) options(mode engine.Mode) engine.Options {
	kind := engine.Real
	switch {
	case w.Demo:
		kind = engine.Demo
	case w.WhatsappEndpoint != "":
		kind = engine.Simulated
	}
	dir := w.DataDir
	if dir == "" {
		dir = filepath.Join(xdg.DataHome, folder(kind))
	}
	return engine.Options{
		Dir: dir, Kind: kind, Mode: mode, Version: version,
		Endpoint: w.WhatsappEndpoint, RootKey: w.WhatsappRootKey, System: engine.ThisComputer(),
	}
}

// folder is the name of a workspace's folder under the system's place for application data.
func folder(kind engine.Kind) string {
	name := "waflow"
	if xdg.DataHome != "" && os.PathSeparator == '\\' {
		name = "Waflow"
	}
	if kind == engine.Real {
		return name
	}
	return name + "-" + string(kind)
}

// assets is the built interface from its root.
func assets() (fs.FS, error) { return fs.Sub(dist, "frontend/dist") }
