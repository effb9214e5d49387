@echo off
rem Runs the launcher with the first Python on this machine that Parley supports.
setlocal
set "SUPPORTED=import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))"
for %%P in ("py -3" "py -3.14" "py -3.13" "py -3.12" "py -3.11" "python" "python3") do (
    %%~P -c "%SUPPORTED%" >nul 2>nul && set "PYTHON=%%~P" && goto found
)
echo Parley needs Python 3.11, 3.12, 3.13 or 3.14, and none was found. Please install one of them from https://www.python.org/downloads/ and start again. 1>&2
exit /b 1
:found
%PYTHON% "%~dp0run.py" %*
exit /b %ERRORLEVEL%
