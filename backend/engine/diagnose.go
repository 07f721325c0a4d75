package engine

import (
	"context"
	"fmt"
	"net"
	"runtime"

	"waflow/backend/doctor"
	"waflow/backend/whatsapp"
)

// Diagnosis is what was found, with what it is about.
type Diagnosis struct {
	doctor.Report
	Kind Kind
	Dir  string // the data directory as it was asked for
}

// Diagnose looks at a workspace without opening it, and at what it needs of the computer and the network. It changes nothing, also while
// Waflow runs with the workspace. webView names what shows the window, "" where nothing does. The error is that of options that name no
// service: endpoint_refused.
func Diagnose(ctx context.Context, o Options, computer doctor.Computer, webView string) (Diagnosis, error) {
	e := &Engine{options: o}
	if err := e.chooseEndpoint(); err != nil {
		return Diagnosis{}, err
	}
	service, err := whatsapp.Configure(e.endpoint, whatsapp.Options{Now: o.Now, HTTPClient: o.HTTPClient})
	if err != nil {
		return Diagnosis{}, err
	}
	version := service.Version()
	config := doctor.Config{
		Dir: o.Dir, Sessions: e.sessions(), Kind: string(o.Kind), Computer: computer, Service: service,
		Holds: func() (string, error) {
			kind, err := kindOf(o.Dir)
			return string(kind), err
		},
		Lookup: net.DefaultResolver.LookupHost,
		Versions: doctor.Versions{
			Waflow: o.Version, Library: whatsapp.Library(), WhatsApp: fmt.Sprintf("%d.%d.%d", version[0], version[1], version[2]),
			Go: runtime.Version(), System: computer.Name() + " (" + runtime.GOARCH + ")", WebView: webView,
		},
	}
	if o.Kind == Demo {
		config.Service = nil
	}
	return Diagnosis{Report: doctor.Examine(ctx, config), Kind: o.Kind, Dir: o.Dir}, nil
}
