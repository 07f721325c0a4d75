package autostart

import (
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func starts(command ...string) Entry { return Entry{ID: "waflow", Name: "Waflow", Command: command} }

func TestExecLine(t *testing.T) {
	cases := map[string]struct{ part, want string }{
		"plain":          {"/usr/bin/waflow", `"/usr/bin/waflow"`},
		"spaces":         {"/opt/My Programs/waflow", `"/opt/My Programs/waflow"`},
		"not ASCII":      {"/home/żaneta/Aplicação/waflow", `"/home/żaneta/Aplicação/waflow"`},
		"field codes":    {"/opt/100%f/waflow", `"/opt/100%%f/waflow"`},
		"a dollar":       {"/opt/$HOME/waflow", `"/opt/\\$HOME/waflow"`},
		"quotes":         {"/opt/\"q\"`w`", `"/opt/\\"q\\"` + "\\\\`w\\\\`" + `"`},
		"a backslash":    {`/opt/a\b`, `"/opt/a\\\\b"`},
		"an empty part":  {"", `""`},
		"an equals sign": {"--data-dir=/a b", `"--data-dir=/a b"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, execLine([]string{tc.part})) })
	}
	require.Equal(t, `"a b" "--hidden"`, execLine([]string{"a b", "--hidden"}))
}

func TestDesktopFileIsReadAsItIs(t *testing.T) {
	entry := starts("/opt/My Programs/waflow", "--hidden")
	ours := desktopFile(entry)
	require.Equal(t, "[Desktop Entry]\nType=Application\nName=Waflow\nExec=\"/opt/My Programs/waflow\" \"--hidden\"\nTerminal=false\nX-GNOME-Autostart-enabled=true\n", ours)
	cases := map[string]struct {
		content string
		want    State
	}{
		"there is none":         {"", Off},
		"ours":                  {ours, On},
		"written anew by hand":  {"# mine\n[Desktop Entry]\n Exec = \"/opt/My Programs/waflow\" \"--hidden\"\n", On},
		"turned off":            {strings.Replace(ours, "enabled=true", "enabled=false", 1), Off},
		"removed":               {ours + "Hidden=true\n", Off},
		"another group hides":   {ours + "[Desktop Action x]\nHidden=true\nExec=other\n", On},
		"another copy":          {desktopFile(starts("/tmp/old/waflow", "--hidden")), Other},
		"no entry at all":       {"Exec=\"/opt/My Programs/waflow\" \"--hidden\"\n", Off},
		"cut off in the middle": {"[Desktop Entry]\nType=Appl", Off},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, desktopState(tc.content, entry)) })
	}
}

func TestCommandLineOfWindows(t *testing.T) {
	cases := map[string]struct {
		command []string
		want    string
	}{
		"spaces":                  {[]string{`C:\Program Files\Waflow\waflow.exe`, "--hidden"}, `"C:\Program Files\Waflow\waflow.exe" "--hidden"`},
		"not ASCII":               {[]string{`C:\Users\José\waflow.exe`}, `"C:\Users\José\waflow.exe"`},
		"a backslash at the end":  {[]string{`D:\data dir\`}, `"D:\data dir\\"`},
		"a quote":                 {[]string{`a"b`}, `"a\"b"`},
		"backslashes and a quote": {[]string{`a\\"b`}, `"a\\\\\"b"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, commandLine(tc.command)) })
	}
}

func TestRunKeyIsReadAsItIs(t *testing.T) {
	entry := starts(`C:\Waflow\waflow.exe`, "--hidden")
	ours := commandLine(entry.Command)
	require.Equal(t, Off, runState("", nil, entry))
	require.Equal(t, On, runState(ours, nil, entry))
	require.Equal(t, On, runState(ours, []byte{2, 0, 0}, entry))
	require.Equal(t, Off, runState(ours, []byte{3, 0, 0}, entry), "turned off in the Task Manager")
	require.Equal(t, Other, runState(`"D:\old\waflow.exe" "--hidden"`, nil, entry))
}

func TestLaunchAgent(t *testing.T) {
	entry := starts("/Applications/A & B <1>/Waflow.app/Contents/MacOS/waflow", "--hidden")
	ours := launchAgent(entry)
	var list struct {
		Dict struct {
			Keys    []string `xml:"key"`
			Strings []string `xml:"string"`
			Array   struct {
				Strings []string `xml:"string"`
			} `xml:"array"`
			True []struct{} `xml:"true"`
		} `xml:"dict"`
	}
	require.NoError(t, xml.Unmarshal([]byte(ours), &list))
	require.Equal(t, []string{"Label", "ProgramArguments", "RunAtLoad", "ProcessType"}, list.Dict.Keys)
	require.Equal(t, []string{"app.waflow.desktop.start.waflow", "Interactive"}, list.Dict.Strings)
	require.Equal(t, entry.Command, list.Dict.Array.Strings)
	require.Len(t, list.Dict.True, 1)
	require.Equal(t, On, agentState(ours, entry))
	require.Equal(t, Off, agentState("", entry))
	require.Equal(t, Other, agentState(launchAgent(starts("/old/waflow")), entry))
}

func TestAnAppImageIsStartedByItsOwnFile(t *testing.T) {
	t.Setenv("APPIMAGE", "/home/ana/Waflow ä.AppImage")
	program, err := Program()
	require.NoError(t, err)
	require.Equal(t, "/home/ana/Waflow ä.AppImage", program)
	t.Setenv("APPIMAGE", "relative")
	program, err = Program()
	require.NoError(t, err)
	own, err := os.Executable()
	require.NoError(t, err)
	require.Equal(t, own, program)
}

func TestAPathThatNoSystemCanHoldIsRefused(t *testing.T) {
	require.Error(t, starts("/opt/a\nb").check())
	require.Error(t, starts().check())
	require.NoError(t, starts("/opt/a b").check())
}
