@echo off
call "%~dp0..\with_python.bat" status %*
exit /b %ERRORLEVEL%
