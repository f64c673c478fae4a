/* Copyright (c) 2026, pyfleet contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The interpreter of the re-packed hosts: Debian's libpython, started with another distribution's library directory.
 * Frozen modules stay off, as Debian's changed site.py is frozen into the library and the one on disk is not Debian's.
 */
#include <Python.h>

static void stop_on_error(PyStatus status)
{
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
}

int main(int argc, char **argv)
{
    PyPreConfig early;
    PyConfig config;

    PyPreConfig_InitPythonConfig(&early);
    stop_on_error(Py_PreInitializeFromBytesArgs(&early, argc, argv));
    PyConfig_InitPythonConfig(&config);
    config.use_frozen_modules = 0;
    stop_on_error(PyConfig_SetBytesArgv(&config, argc, argv));
    stop_on_error(PyConfig_SetString(&config, &config.platlibdir, PLATLIB));
    stop_on_error(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    return Py_RunMain();
}
