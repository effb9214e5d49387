"""The one question to Windows that Python's own library has no function for."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    QUERY_LIMITED_INFORMATION = 0x1000
    STILL_ACTIVE = 259

    def creation_time(pid: int) -> str | None:
        """When a process was created; nothing when it has ended or never was."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        handle = kernel.OpenProcess(QUERY_LIMITED_INFORMATION, wintypes.BOOL(0), pid)
        if not handle:
            return None
        process = wintypes.HANDLE(handle)
        try:
            exit_code = wintypes.DWORD()
            times = [wintypes.FILETIME() for _ in range(4)]
            is_known = kernel.GetExitCodeProcess(process, ctypes.byref(exit_code)) and kernel.GetProcessTimes(
                process, *(ctypes.byref(time) for time in times)
            )
            if not is_known or exit_code.value != STILL_ACTIVE:
                return None
            return f"{times[0].dwHighDateTime}:{times[0].dwLowDateTime}"
        finally:
            kernel.CloseHandle(process)
