package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"waflow/backend/domain"
	"waflow/backend/engine"
)

// Exit codes of `waflow doctor`.
const (
	exitFailure   = 1 // a check failed
	exitCouldNot  = 2 // it could not run
	reportVersion = 1 // of the JSON; it goes up when a field changes its meaning or goes away
)

type doctorCommand struct {
	JSON bool `name:"json" help:"Print the report as JSON."`
}

// Help explains the command beyond its one line.
func (doctorCommand) Help() string {
	return `Looks at the data folder, its databases and keys, free space, the clock, and the way to WhatsApp, through the proxies of devices too.
It changes nothing, logs nobody in, and can run while Waflow does. Phone numbers are masked; keys and passwords are never shown.

Exit code: 0 if nothing failed (there may be warnings), 1 if at least one check failed, 2 if it could not run.

--json prints one object: "report" (the version of this shape, now 1), "result" ("ok", "warning" or "failure"), "kind" ("real", "demo" or
"simulated"), "folder", "versions" (an object of texts), and "checks" in a fixed order, each with "check", "state" ("ok", "warning",
"failure" or "skipped"), "reason", "subject" (the device it is about, or ""), "sentence", "todo" (what to do, or "") and "values".
"check", "state" and "reason" are stable; "sentence" and "todo" are for people.`
}

// Run looks, prints the report, and ends with the exit code that Help names.
func (d doctorCommand) Run(ctx context.Context, w workspaceFlags) error {
	words, err := readWords("en")
	if err != nil {
		return &exit{exitCouldNot, err}
	}
	found, err := engine.Diagnose(ctx, w.options(engine.Serve), engine.ThisComputer(), webView())
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return &exit{exitCouldNot, err}
	}
	report := words.report(found)
	write := report.text
	if d.JSON {
		write = report.json
	}
	if err := write(os.Stdout, words); err != nil {
		return &exit{exitCouldNot, err}
	}
	if report.Result == "failure" {
		return &exit{code: exitFailure}
	}
	return nil
}

// reportData is what `doctor --json` prints, as doctorCommand.Help documents it.
type reportData struct {
	Report   int         `json:"report"`
	Result   string      `json:"result"`
	Kind     string      `json:"kind"`
	Folder   string      `json:"folder"`
	Checks   []checkData `json:"checks"`
	Versions versionData `json:"versions"`
}

type versionData struct {
	Waflow   string `json:"waflow"`
	Library  string `json:"library"`
	WhatsApp string `json:"whatsapp"`
	Go       string `json:"go"`
	System   string `json:"system"`
	WebView  string `json:"webview"`
}

type checkData struct {
	Check    string            `json:"check"`
	State    string            `json:"state"`
	Reason   string            `json:"reason"`
	Subject  string            `json:"subject"`
	Sentence string            `json:"sentence"`
	Todo     string            `json:"todo"`
	Values   map[string]string `json:"values"`
}

// report puts what was found into words.
func (c catalogue) report(d engine.Diagnosis) reportData {
	out := reportData{
		Report: reportVersion, Result: string(d.Worst()), Kind: string(d.Kind), Folder: domain.Masked(d.Dir),
		Checks: make([]checkData, 0, len(d.Findings)), Versions: versionData(d.Versions),
	}
	for _, f := range d.Findings {
		key := "doctor_" + string(f.Check) + "_" + f.Reason
		values := make([]string, 0, 2*len(f.Values))
		for name, value := range f.Values {
			values = append(values, name, value)
		}
		out.Checks = append(out.Checks, checkData{
			Check: string(f.Check), State: string(f.State), Reason: f.Reason, Subject: f.Subject,
			Sentence: c.Say(key, values...), Todo: c.Say(key+"_todo", values...), Values: f.Values,
		})
	}
	return out
}

func (r reportData) json(to io.Writer, _ catalogue) error {
	out, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(to, string(out))
	return err
}

// text prints a line for each check, in columns, with what to do below it.
func (r reportData) text(to io.Writer, c catalogue) error {
	var out strings.Builder
	state, title := 0, 0
	for _, check := range r.Checks {
		state = max(state, len(c.Say("doctor_state_"+check.State)))
		title = max(title, len(c.Say("doctor_"+check.Check+"_title")))
	}
	line := func(left, middle, text string) {
		fmt.Fprintf(&out, "%-*s  %-*s  %s\n", state, left, title, middle, text)
	}
	for _, check := range r.Checks {
		sentence := check.Sentence
		if check.Subject != "" {
			sentence = check.Subject + ": " + sentence
		}
		line(c.Say("doctor_state_"+check.State), c.Say("doctor_"+check.Check+"_title"), sentence)
		if check.Todo != "" {
			line("", "", "→ "+check.Todo)
		}
	}
	versions := make([]string, 0, 6)
	for _, v := range [][2]string{
		{"waflow", r.Versions.Waflow},
		{"library", r.Versions.Library},
		{"whatsapp", r.Versions.WhatsApp},
		{"go", r.Versions.Go},
		{"system", r.Versions.System},
		{"webview", r.Versions.WebView},
	} {
		if v[1] != "" {
			versions = append(versions, c.Say("doctor_version_"+v[0])+" "+v[1])
		}
	}
	line("", c.Say("doctor_versions_title"), strings.Join(versions, " · "))
	fmt.Fprintf(&out, "\n%s\n", c.Say("doctor_all_"+r.Result))
	_, err := io.WriteString(to, out.String())
	return err
}
